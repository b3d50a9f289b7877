/* _exit() of a program that counts lines: what a process reached is written down before it ends, for it may be a worker
 * that the program itself started and that ends no other way. Linked by VARIANT=coverage alone. */
#include <gcov.h>

void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status)
{
    __gcov_dump();
    __real__exit(status);
}
