# loomcast: `make demo` shows it, `make test` checks it, `make help` lists the rest.

MAKEFLAGS += --no-builtin-rules

CC ?= cc
VARIANT ?= release
BUILD ?= build
OUT := $(BUILD)/$(VARIANT)
PREFIX ?= /usr/local
DESTDIR ?=
WERROR ?=

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith -Wundef
OPT_release := -O3 -g
OPT_asan := -O1 -g -fsanitize=address -fno-omit-frame-pointer
OPT_ubsan := -O1 -g -fsanitize=undefined -fno-sanitize-recover=all
# A multiply and an add become one fused operation wherever the machine has it, always and everywhere alike:
# results then do not depend on which loop the compiler chose.
FP := -ffp-contract=fast
CPPFLAGS += -Iinclude -Isrc
CFLAGS_ALL := -std=gnu11 $(OPT_$(VARIANT)) $(FP) -fopenmp -fPIC $(WARN) $(WERROR) -MMD -MP $(CFLAGS)
LDFLAGS_ALL := $(OPT_$(VARIANT)) -fopenmp $(LDFLAGS)
LIBS := -lcsv -ljansson -lm

# The kernels are one source, compiled once for every instruction set of the machine family.
ARCH := $(shell $(CC) -dumpmachine 2>/dev/null | cut -d- -f1)
ifeq ($(ARCH),x86_64)
ISAS := base avx2 avx512
ISA_avx2 := -march=x86-64-v3
ISA_avx512 := -march=x86-64-v4 -mprefer-vector-width=512
else
ISAS := base
endif

LIB_SRC := $(filter-out src/kernel/kernels.c src/cli/%,$(sort $(wildcard src/*.c src/*/*.c)))
CLI_SRC := $(sort $(wildcard src/cli/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(OUT)/%.o) $(if $(wildcard src/kernel/kernels.c),$(ISAS:%=$(OUT)/src/kernel/kernels-%.o))
CLI_OBJ := $(CLI_SRC:%.c=$(OUT)/%.o)
LIB := $(OUT)/libloomcast.a
BIN := $(BUILD)/$(if $(filter release,$(VARIANT)),,$(VARIANT)/)loomcast
CHECKS := $(patsubst tests/unit/%.c,$(OUT)/tests/%,$(sort $(wildcard tests/unit/check_*.c)))
SUPPORT_OBJ := $(patsubst %.c,$(OUT)/%.o,$(sort $(wildcard tests/ref/*.c tests/unit/support/*.c)))

all: $(BIN)

$(BIN): $(CLI_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(LIB): $(LIB_OBJ)
	rm -f $@
	ar rcs $@ $^

$(OUT)/src/kernel/kernels-%.o: src/kernel/kernels.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_ALL) $(ISA_$*) -DLC_ISA=$* -c -o $@ $<

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -c -o $@ $<

$(OUT)/tests/unit/%.o: CPPFLAGS += -Itests
$(OUT)/tests/ref/%.o: CPPFLAGS += -Itests

$(OUT)/tests/check_%: $(OUT)/tests/unit/check_%.o $(SUPPORT_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcheck $(LIBS) -lpthread -lrt -lsubunit 2>/dev/null || \
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcheck $(LIBS) -lpthread -lrt

checks: $(CHECKS)

clean:
	rm -rf $(BUILD)

.PHONY: all checks clean
.SECONDARY:
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
