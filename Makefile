# loomcast: `make demo` shows it, `make test` checks it, `make help` lists the rest.

MAKEFLAGS += --no-builtin-rules

CC ?= cc
VARIANT ?= release
BUILD ?= build
OUT := $(BUILD)/$(VARIANT)
PREFIX ?= /usr/local
DESTDIR ?=
VERSION := $(shell sed -n 's/^.define LC_VERSION "\(.*\)"/\1/p' include/loomcast.h)
WERROR ?= $(if $(filter true,$(CI)),-Werror)
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
PKG_CONFIG ?= pkg-config
Q := $(if $(V),,@)

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith -Wundef
OPT_release := -O3 -g
OPT_asan := -O1 -g -fsanitize=address -fno-omit-frame-pointer
OPT_ubsan := -O1 -g -fsanitize=undefined -fno-sanitize-recover=all
OPT_sanitize := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT_tsan := -O2 -g -fsanitize=thread -fno-omit-frame-pointer
OPT_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all
OPT_coverage := -O1 -g --coverage
ifeq ($(OPT_$(VARIANT)),)
$(error VARIANT=$(VARIANT) is not one of release, asan, ubsan, sanitize, tsan, fuzz, coverage)
endif
# A multiply and an add become one fused operation wherever the machine has it, always and everywhere alike:
# results then do not depend on which loop the compiler chose.
FP := -ffp-contract=fast

# Apple's compiler needs OpenMP spelled out, and Homebrew lies outside the paths that it searches.
OPENMP_CFLAGS := -fopenmp
OPENMP_LIBS := -fopenmp
RT_LIB := -lrt
# The target `shared`, where the linker knows sonames and version scripts: Apple's does not, and the archive alone is built.
SHARING := shared
ifeq ($(shell uname -s),Darwin)
BREW := $(or $(shell brew --prefix 2>/dev/null),/usr/local)
BREW_CFLAGS := -I$(BREW)/include -I$(BREW)/opt/libomp/include
BREW_LIBS := -L$(BREW)/lib -L$(BREW)/opt/libomp/lib
RT_LIB :=
SHARING :=
ifneq ($(findstring clang,$(shell $(CC) --version 2>/dev/null)),)
OPENMP_CFLAGS := -Xpreprocessor -fopenmp
OPENMP_LIBS := -lomp
endif
endif
pkg = $(or $(shell $(PKG_CONFIG) --$(1) $(2) 2>/dev/null),$(3))

CPPFLAGS_ALL := -Iinclude -Isrc $(BREW_CFLAGS) $(call pkg,cflags,libcsv) $(call pkg,cflags,jansson) $(call pkg,cflags,zlib) $(CPPFLAGS)
CFLAGS_ALL := -std=gnu11 $(OPT_$(VARIANT)) $(FP) $(OPENMP_CFLAGS) -fPIC $(WARN) $(WERROR) $(CFLAGS)
LDFLAGS_ALL := $(OPT_$(VARIANT)) $(BREW_LIBS) $(LDFLAGS)
LIBS := $(call pkg,libs,libcsv,-lcsv) $(call pkg,libs,jansson,-ljansson) $(call pkg,libs,zlib,-lz) $(OPENMP_LIBS) -lm
# Asked for only where a test program is linked: the program itself needs no Check.
CHECK_LIBS = $(call pkg,libs,check,-lcheck $(RT_LIB)) -lpthread
COMPILE = $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL)

# The kernels are one source, compiled once for every instruction set of the machine family. There a product and a sum
# are fused by name only: see src/kernel/isa/vector.h.
ARCH := $(shell $(CC) -dumpmachine 2>/dev/null | cut -d- -f1)
ifeq ($(ARCH),x86_64)
ISAS := base avx2 avx512
ISA_avx2 := -march=x86-64-v3
ISA_avx512 := -march=x86-64-v4 -mprefer-vector-width=512
else
ISAS := $(if $(filter aarch64 arm64,$(ARCH)),neon,base)
endif

LIB_SRC := $(filter-out src/cli/%,$(sort $(wildcard src/*.c src/*/*.c)))
KERNEL_SRC := $(sort $(wildcard src/kernel/isa/*.c))
CLI_SRC := $(sort $(wildcard src/cli/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(OUT)/%.o) $(foreach isa,$(ISAS),$(KERNEL_SRC:src/kernel/isa/%.c=$(OUT)/src/kernel/$(isa)/%.o))
ifeq ($(VARIANT),coverage)
LIB_OBJ += $(OUT)/tests/coverage/exit.o
BIN_LDFLAGS := -Wl,--wrap=_exit
endif
CLI_OBJ := $(CLI_SRC:%.c=$(OUT)/%.o)
CHECK_SRC := $(sort $(wildcard tests/unit/check_*.c))
BENCH_SRC := $(sort $(wildcard tests/bench/bench_*.c))
BENCH_OBJ := $(patsubst %.c,$(OUT)/%.o,$(filter-out $(BENCH_SRC) tests/bench/peak_loop.c,$(sort $(wildcard tests/bench/*.c)))) \
    $(ISAS:%=$(OUT)/tests/bench/peak_loop-%.o)
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 40
# The fuzzers are for Linux; there the suite takes what they have kept, without libFuzzer.
REPLAYS := $(if $(filter Linux,$(shell uname -s)),$(FUZZ_SRC:tests/fuzz/%.c=$(OUT)/tests/check_%))
SUPPORT_OBJ := $(patsubst %.c,$(OUT)/%.o,$(sort $(wildcard tests/ref/*.c tests/unit/support/*.c)))
LIB := $(OUT)/libloomcast.a
# Programs that were linked with it go on with any later one of the same first number.
SONAME := libloomcast.so.$(firstword $(subst ., ,$(VERSION)))
SHARED := $(OUT)/libloomcast.so.$(VERSION)
BIN := $(BUILD)/$(if $(filter release,$(VARIANT)),,$(VARIANT)/)loomcast
CHECKS := $(CHECK_SRC:tests/unit/%.c=$(OUT)/tests/%)
BENCHES := $(BENCH_SRC:tests/bench/%.c=$(OUT)/bench/%)
FUZZERS := $(FUZZ_SRC:tests/fuzz/%.c=$(OUT)/%)
ALL_OBJ := $(LIB_OBJ) $(CLI_OBJ) $(SUPPORT_OBJ) $(CHECK_SRC:%.c=$(OUT)/%.o) $(FUZZ_SRC:%.c=$(OUT)/%.o) $(OUT)/tests/fuzz/replay.o \
    $(BENCH_SRC:%.c=$(OUT)/%.o) $(BENCH_OBJ) $(OUT)/tests/race/race.o
FORMATTED = $(sort $(shell find include src tests -name '*.[ch]'))

all: $(LIB) $(if $(CLI_SRC),$(BIN)) ## build the program (build/loomcast) and its library

shared: $(SHARED) $(OUT)/loomcast.pc

# Only what the header declares can be seen from outside.
$(OUT)/exports: include/loomcast.h
	@mkdir -p $(@D)
	$(Q){ echo '{ global:'; $(CC) -E -P $< | grep -o '\blc_[a-z0-9_]* *(' | tr -d ' (' | sort -u | sed 's/$$/;/'; echo 'local: *; };'; } >$@

$(SHARED): $(LIB_OBJ) $(OUT)/exports $(OUT)/objects
	@echo "  LINK $@"
	$(Q)$(CC) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=$(OUT)/exports $(LDFLAGS_ALL) -o $@ $(LIB_OBJ) $(LIBS)

# Whoever links the archive needs what it is made of, and OpenMP.
$(OUT)/loomcast.pc: Makefile include/loomcast.h FORCE
	@mkdir -p $(@D)
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' 'includedir=$${prefix}/include' '' 'Name: loomcast' \
	    'Description: forecasts and anomaly flags for time series' 'Version: $(VERSION)' 'Libs: -L$${libdir} -lloomcast' \
	    'Libs.private: $(strip $(LIBS))' 'Cflags: -I$${includedir}' >$@

$(BIN): $(CLI_OBJ) $(LIB)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CC) $(LDFLAGS_ALL) $(BIN_LDFLAGS) -o $@ $(CLI_OBJ) $(LIB) $(LIBS)

$(LIB): $(LIB_OBJ) $(OUT)/objects
	@echo "  AR   $@"
	@rm -f $@
	$(Q)ar rcs $@ $(LIB_OBJ)

define ISA_RULE
$(OUT)/src/kernel/$(1)/%.o: src/kernel/isa/%.c $(OUT)/flags
	@mkdir -p $$(@D); echo "  CC   $$< ($(1))"
	$(Q)$(COMPILE) $(ISA_$(1)) -ffp-contract=off -DLC_ISA=$(1) -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,$(ISAS),$(eval $(call ISA_RULE,$(isa))))

# The peak that kernels are measured against is reached with their own instructions.
$(OUT)/tests/bench/peak_loop-%.o: tests/bench/peak_loop.c $(OUT)/flags
	@mkdir -p $(@D); echo "  CC   $< ($*)"
	$(Q)$(COMPILE) $(ISA_$*) -DLC_ISA=$* -MMD -MP -c -o $@ $<

DEFINES_peak := '-DBENCH_ISAS=$(patsubst %,ISA(%),$(ISAS))'
$(OUT)/tests/%.o: tests/%.c $(OUT)/flags
	@mkdir -p $(@D); echo "  CC   $<"
	$(Q)$(COMPILE) -Itests $(DEFINES_$(*F)) -MMD -MP -c -o $@ $<

$(OUT)/%.o: %.c $(OUT)/flags
	@mkdir -p $(@D); echo "  CC   $<"
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

$(OUT)/tests/check_%: $(OUT)/tests/unit/check_%.o $(SUPPORT_OBJ) $(LIB)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CHECK_LIBS) $(LIBS)

# The one part of the command line that is tested by itself.
$(OUT)/tests/check_sha256: $(OUT)/src/cli/sha256.o

# The command line is fuzzed, too: all of the program but its main function.
$(OUT)/tests/check_fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(OUT)/tests/fuzz/replay.o $(SUPPORT_OBJ) $(filter-out %/main.o,$(CLI_OBJ)) $(LIB)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CHECK_LIBS) $(LIBS)

$(OUT)/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(filter-out %/main.o,$(CLI_OBJ)) $(LIB)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(OUT)/bench/bench_%: $(OUT)/tests/bench/bench_%.o $(BENCH_OBJ) $(LIB)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

# Two notes that change only when their text does: another compiler or flag rebuilds every object,
# and a source that went away leaves the archive.
NOTE_flags = $(COMPILE) $(LDFLAGS_ALL)
NOTE_objects = $(LIB_OBJ)
$(OUT)/flags $(OUT)/objects: FORCE
	@mkdir -p $(@D); [ "$$(cat $@ 2>/dev/null)" = '$(NOTE_$(@F))' ] || printf '%s\n' '$(NOTE_$(@F))' >$@

checks: $(CHECKS) $(REPLAYS)

# What `make test` runs once everything that it needs is there.
suite: all checks
	+@$(if $(filter release,$(VARIANT)),$(if $(SHARING),CC="$(CC)" scripts/check-install.sh))
	@scripts/run-tests.sh $(BIN) $(CHECKS) $(REPLAYS)

# The compiler flags are chosen when make starts, so whatever may just have been installed is seen by a second make.
SUBMAKE = $(MAKE) --no-print-directory $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(JOBS))

deps: ## install what is missing to build, test and draw
	@CC="$(CC)" scripts/install-deps.sh

demo: deps ## forecast and flag the example files, with charts, in build/demo
	+@$(SUBMAKE) all
	@scripts/demo.sh $(BIN) $(BUILD)/demo

gallery: deps ## draw one of each kind of chart from datasets/, in build/gallery
	+@$(SUBMAKE) all
	@scripts/gallery.sh $(BIN) $(BUILD)/gallery

test: deps ## build and run every unit test and command-line case
	+@$(SUBMAKE) suite

# Exit status 86 is one that loomcast never gives itself: no case can expect it.
ASAN_RUN := LSAN_OPTIONS=exitcode=86 \
    ASAN_OPTIONS=detect_leaks=1:halt_on_error=1:exitcode=86:strict_string_checks=1:check_initialization_order=1
UBSAN_RUN := UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:exitcode=86

asan: deps ## the whole test suite under the address and leak sanitizers
	+@CK_FORK=no $(ASAN_RUN) $(SUBMAKE) VARIANT=asan suite

ubsan: deps ## the whole test suite under the undefined-behaviour sanitizer
	+@CK_FORK=no $(UBSAN_RUN) $(SUBMAKE) VARIANT=ubsan suite

sanitize: deps ## the whole test suite under all three at once, which takes less time than one after the other
	+@CK_FORK=no $(ASAN_RUN) $(UBSAN_RUN) $(SUBMAKE) VARIANT=sanitize suite

# Archer tells the sanitizer what OpenMP orders. Both ask that the memory of libomp itself, which is not compiled for it,
# be left alone: its locks and queues would be taken for races.
TSAN_RUN := TSAN_OPTIONS=halt_on_error=1:exitcode=86:ignore_noninstrumented_modules=1:second_deadlock_stack=1 \
    OMP_TOOL_LIBRARIES=libarcher.so TEST_TIMEOUT=3600 CLI_TIMEOUT=1200
# Its older releases do not start where addresses are spread over more than 28 bits.
TSAN_RUN += $(shell setarch "$$(uname -m)" -R true 2>/dev/null && echo setarch "$$(uname -m)" -R)

$(OUT)/race: $(OUT)/tests/race/race.o $(LIB)
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

# A race made on purpose is found, and what a barrier or the end of a region puts in order is none.
race: $(OUT)/race
	@$< ordered >$(OUT)/race.log 2>&1 || { cat $(OUT)/race.log; echo "what is in order is called a race: is Archer there?"; exit 1; }
	@$< racing >$(OUT)/race.log 2>&1; [ $$? -eq 86 ] || { cat $(OUT)/race.log; echo "a race is not found"; exit 1; }

tsan: ## the whole test suite under the thread sanitizer, with clang's OpenMP and Archer
	@CC="$(CC)" scripts/install-deps.sh --with tsan
	+@$(TSAN_RUN) $(SUBMAKE) VARIANT=tsan CC=clang race
	+@CK_FORK=no $(TSAN_RUN) $(SUBMAKE) VARIANT=tsan CC=clang suite

# Two small jobs have their allocations fail, too: what is done then is a good part of the branches.
coverage: deps ## lines and branches that the whole test suite reaches, by folder
	+@CK_FORK=no TEST_TIMEOUT=3600 $(SUBMAKE) VARIANT=coverage suite
	+@$(SUBMAKE) VARIANT=coverage $(BUILD)/coverage/fault.so
	@LOOMCAST=$(BUILD)/coverage/loomcast FAULT_LIBRARY=$(BUILD)/coverage/fault.so KINDS=memory scripts/fault.sh inspect long
	@scripts/coverage.sh $(BUILD)/coverage

# What makes one call of the program fail; the program itself is as ever.
$(OUT)/fault.so: tests/fault/fail.c $(OUT)/flags
	@mkdir -p $(@D); echo "  LINK $@"
	$(Q)$(CC) -std=gnu11 -O1 -g -fPIC -shared $(WARN) $(WERROR) -Wno-nonnull-compare -o $@ $< -ldl

fault: deps ## let system calls and allocations fail one by one; a full disk, a folder that cannot be written
	+@$(SUBMAKE) all $(OUT)/fault.so
	@LOOMCAST=$(BIN) FAULT_LIBRARY=$(OUT)/fault.so scripts/fault.sh
	@LOOMCAST=$(BIN) FAULT_LIBRARY=$(OUT)/fault.so scripts/fault.sh --disk

fuzzers: $(FUZZERS)

# libFuzzer comes with clang.
fuzz: ## fuzz the readers, FUZZ_SECONDS=40 each, with address and undefined-behaviour sanitizers
	@CC="$(CC)" scripts/install-deps.sh --with fuzz
	+@$(SUBMAKE) VARIANT=fuzz CC=clang fuzzers
	@scripts/fuzz.sh $(FUZZ_SECONDS) $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)

fuzz-keep: ## what fuzzing has reached so far, in a few short inputs, to tests/fuzz/corpus, which the suite takes
	+@$(SUBMAKE) VARIANT=fuzz CC=clang fuzzers
	@scripts/fuzz.sh --keep $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)

bench: $(BENCHES) ## time the engine against the peak of this processor; figures in build/bench_engine.json too
	@set -e; for program in $(BENCHES); do $$program --json $(BUILD)/$${program##*/}.json; done

lint: ## floors, house rules, clang-format and clang-tidy
	@CC="$(CC)" scripts/install-deps.sh --with lint
	@scripts/lint.sh

format: ## lay out every C file with clang-format
	clang-format -i $(FORMATTED)

# What the program says of itself, and where that belongs.
SHARE_man := man/man1/loomcast.1
SHARE_bash := bash-completion/completions/loomcast
SHARE_zsh := zsh/site-functions/_loomcast
SHARE_fish := fish/vendor_completions.d/loomcast.fish
SHARES := man bash zsh fish

$(OUT)/generated/%: $(BIN)
	@mkdir -p $(@D)
	$(Q)$(BIN) --generate $* >$@

install: all $(SHARING) $(SHARES:%=$(OUT)/generated/%) ## copy program, libraries, header and man page to PREFIX (default /usr/local), below DESTDIR if given
	install -d $(foreach d,bin lib/pkgconfig include $(foreach s,$(SHARES),$(dir share/$(SHARE_$(s)))),"$(DESTDIR)$(PREFIX)/$(d)")
	install -m 755 $(BIN) "$(DESTDIR)$(PREFIX)/bin/loomcast"
	install -m 644 $(LIB) "$(DESTDIR)$(PREFIX)/lib/libloomcast.a"
ifneq ($(SHARING),)
	install -m 755 $(SHARED) "$(DESTDIR)$(PREFIX)/lib/$(notdir $(SHARED))"
	ln -sf $(notdir $(SHARED)) "$(DESTDIR)$(PREFIX)/lib/$(SONAME)"
	ln -sf $(SONAME) "$(DESTDIR)$(PREFIX)/lib/libloomcast.so"
	install -m 644 $(OUT)/loomcast.pc "$(DESTDIR)$(PREFIX)/lib/pkgconfig/loomcast.pc"
endif
	install -m 644 include/loomcast.h "$(DESTDIR)$(PREFIX)/include/loomcast.h"
	$(foreach s,$(SHARES),install -m 644 $(OUT)/generated/$(s) "$(DESTDIR)$(PREFIX)/share/$(SHARE_$(s))" &&) true

uninstall: ## remove what install copied
	rm -f $(foreach f,bin/loomcast lib/libloomcast.a lib/$(notdir $(SHARED)) lib/$(SONAME) lib/libloomcast.so \
	    lib/pkgconfig/loomcast.pc include/loomcast.h $(foreach s,$(SHARES),share/$(SHARE_$(s))),"$(DESTDIR)$(PREFIX)/$(f)")

# The same bytes from the same commit. Everything is in it, so that its own tests pass wherever it is unpacked.
dist: ## pack the sources of this commit in build/loomcast-VERSION.tar.gz
	@mkdir -p $(BUILD)
	git archive --format=tar --prefix=loomcast-$(VERSION)/ HEAD | gzip -n -9 >$(BUILD)/loomcast-$(VERSION).tar.gz

clean: ## remove everything that was built
	rm -rf $(BUILD)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo "  Settings: CC=clang  CFLAGS=...  BUILD=folder  VARIANT=release|asan|ubsan|sanitize|tsan|fuzz|coverage  V=1 (show commands)"

.PHONY: all shared dist checks suite deps demo gallery test asan ubsan sanitize race tsan coverage fault fuzz fuzz-keep fuzzers bench lint format install uninstall clean help FORCE
.SECONDARY:
.DELETE_ON_ERROR:
# Written beside the objects; without a rule of their own make would look for ways to link them from objects.
$(ALL_OBJ:.o=.d): ;
-include $(wildcard $(ALL_OBJ:.o=.d))
