#!/bin/sh
# install-deps.sh [--with lint|valgrind|fuzz|tsan|shells|browser|slurm]... [--dry-run]: installs what is missing to build, test
# and draw, with the system's own package manager. shells: what tries completions and man page; browser: what opens
# reports. Looks for headers, libraries and tools themselves, so that a machine which has
# everything is left alone, without a word and without a network. Environment: CC (default cc).
set -u

wanted="build test plot"
dry=
while [ $# -gt 0 ]; do
    case $1 in
    --with)
        case ${2-} in
        lint | valgrind | fuzz | tsan | shells | browser | slurm) wanted="$wanted $2" ;;
        *)
            echo "install-deps.sh: --with takes lint, valgrind, fuzz, tsan, shells, browser or slurm" >&2
            exit 2
            ;;
        esac
        shift
        ;;
    --dry-run) dry=yes ;;
    *)
        echo "usage: install-deps.sh [--with lint|valgrind|fuzz|tsan|shells|browser|slurm]... [--dry-run]" >&2
        exit 2
        ;;
    esac
    shift
done

cc=${CC:-cc}
brew_flags=
if [ "$(uname -s)" = Darwin ] && command -v brew >/dev/null 2>&1; then
    brew_flags="-I$(brew --prefix)/include -L$(brew --prefix)/lib"
    brew_flags="$brew_flags -I$(brew --prefix)/opt/libomp/include -L$(brew --prefix)/opt/libomp/lib"
fi

tool() {
    command -v "$1" >/dev/null 2>&1
}

# compiles COMPILER HEADER FLAG...: the header is found and the flags link. COMPILER may hold flags of its own.
compiles() {
    compiler=$1 header=$2
    shift 2
    # shellcheck disable=SC2086 # lists of flags
    printf '#include <%s>\nint main(void)\n{\n    return 0;\n}\n' "$header" |
        $compiler $brew_flags -x c - -o /dev/null "$@" 2>/dev/null
}

check_links() {
    # shellcheck disable=SC2046 # a list of flags
    compiles "$cc" check.h $(pkg-config --libs check 2>/dev/null || echo -lcheck) -lpthread
}

openmp_links() { # COMPILER
    compiles "$1" omp.h -fopenmp || compiles "$1" omp.h -Xpreprocessor -fopenmp -lomp
}

fuzzer_links() {
    printf '#include <stddef.h>\nint LLVMFuzzerTestOneInput(const void *p, size_t n);\nint LLVMFuzzerTestOneInput(const void *p, size_t n)\n{\n    return !p && n;\n}\n' |
        clang -fsanitize=fuzzer -x c - -o /dev/null 2>/dev/null
}

tsan_links() {
    echo 'int main(void) { return 0; }' | clang -fsanitize=thread -x c - -o /dev/null 2>/dev/null
}

# What is missing, as names of our own.
missing_parts() {
    for part in $wanted; do
        case $part in
        build)
            compiles "$cc" stdio.h || echo compiler
            tool make || echo make
            tool pkg-config || tool pkgconf || echo pkg-config
            compiles "$cc" csv.h -lcsv || echo libcsv
            compiles "$cc" jansson.h -ljansson || echo jansson
            compiles "$cc" zlib.h -lz || echo zlib
            openmp_links "$cc" || echo openmp
            ;;
        test) check_links || echo check ;;
        plot) tool gnuplot || echo gnuplot ;;
        lint)
            openmp_links clang || echo clang
            tool clang-tidy || echo clang-tidy
            tool clang-format || echo clang-format
            ;;
        valgrind) tool valgrind || echo valgrind ;;
        fuzz)
            openmp_links clang || echo clang
            fuzzer_links || echo clang-runtime
            ;;
        tsan)
            openmp_links clang || echo clang
            tsan_links || echo clang-runtime
            ;;
        shells) for each in bash zsh fish mandoc groff; do tool "$each" || echo "$each"; done ;;
        browser) tool chromium || echo chromium ;;
        slurm)
            tool slurmctld && tool slurmd && tool sbatch || echo slurm
            tool munged || echo munge
            ;;
        esac
    done
}

# The package manager's names for one part.
packages() {
    case $manager:$1 in
    apt:compiler) echo gcc libc6-dev ;;
    apt:libcsv) echo libcsv-dev ;;
    apt:jansson) echo libjansson-dev ;;
    apt:zlib) echo zlib1g-dev ;;
    apt:openmp) case $cc in *clang*) echo libomp-dev ;; *) echo gcc ;; esac ;;
    apt:gnuplot) echo gnuplot-nox ;;
    apt:groff) echo groff-base ;;
    apt:clang) echo clang libomp-dev ;;
    apt:slurm) echo slurm-wlm ;;
    apt:clang-runtime) echo "libclang-rt-$(clang -dumpversion 2>/dev/null | cut -d. -f1)-dev" ;;

    dnf:compiler) echo gcc glibc-devel ;;
    dnf:pkg-config) echo pkgconf-pkg-config ;;
    dnf:libcsv) echo libcsv-devel ;;
    dnf:zlib) echo zlib-devel ;;
    dnf:jansson) echo jansson-devel ;;
    dnf:openmp) case $cc in *clang*) echo libomp-devel ;; *) echo libgomp ;; esac ;;
    dnf:groff) echo groff-base ;;
    dnf:check) echo check-devel ;;
    dnf:slurm) echo slurm slurm-slurmctld slurm-slurmd ;;
    dnf:clang) echo clang libomp-devel ;;
    dnf:clang-runtime) echo compiler-rt ;;
    dnf:clang-tidy | dnf:clang-format) echo clang-tools-extra ;;

    pacman:compiler) echo gcc ;;
    pacman:pkg-config) echo pkgconf ;;
    pacman:openmp) case $cc in *clang*) echo openmp ;; *) echo gcc ;; esac ;;
    pacman:slurm) echo slurm-llnl ;;
    pacman:clang-runtime) echo compiler-rt ;;
    pacman:clang | pacman:clang-tidy | pacman:clang-format) echo clang openmp ;;

    brew:compiler) ;; # Apple's own, see below
    brew:openmp) echo libomp ;;
    brew:clang | brew:clang-tidy | brew:clang-format | brew:clang-runtime) echo llvm ;;

    *) echo "$1" ;;
    esac
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() {
    # Without package lists nothing can be found; with old ones a file may be gone.
    if [ -n "$(find /var/lib/apt/lists -name '*_Packages*' 2>/dev/null | head -n 1)" ] && apt_get install "$@"; then
        return 0
    fi
    apt_get update && apt_get install "$@"
}
apt_get() {
    if [ "$1" = install ]; then
        shift
        set -- install -y --no-install-recommends "$@"
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q "$@"
}

# A package that one of these does not have must not keep the others away.
one_by_one() {
    failed=0
    [ "$manager" != pacman ] || as_root pacman -Sy || failed=1
    for name; do
        case $manager in
        dnf) as_root dnf -y -q install "$name" ;;
        pacman) as_root pacman -S --noconfirm --needed "$name" ;;
        brew) brew install -q "$name" ;;
        esac || failed=1
    done
    return "$failed"
}

missing=$(missing_parts | tr '\n' ' ')
[ -n "$missing" ] || exit 0

manager=
for each in apt:apt-get dnf:dnf pacman:pacman brew:brew; do
    if [ -z "$manager" ] && tool "${each#*:}"; then manager=${each%:*}; fi
done
if [ -z "$manager" ]; then
    echo "install-deps.sh: missing: $missing" >&2
    echo "install-deps.sh: none of apt-get, dnf, pacman and brew is here: install these by hand, with their headers" >&2
    exit 1
fi

names=
for part in $missing; do
    case $manager:$part in
    brew:compiler) echo "install-deps.sh: no compiler: xcode-select --install brings Apple's" >&2 ;;
    esac
    for name in $(packages "$part"); do
        case " $names " in
        *" $name "*) ;;
        *) names="$names $name" ;;
        esac
    done
done
names=${names# }
echo "Installing with $manager: $names"
[ -z "$dry" ] || exit 0
if [ "$manager" != brew ] && [ "$(id -u)" -ne 0 ] && ! tool sudo; then
    echo "install-deps.sh: that needs root, and there is no sudo: install these as root, then run the same command again" >&2
    exit 1
fi

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # a list of packages
case $manager in
apt) apt_install $names ;;
*) one_by_one $names ;;
esac >"$log" 2>&1
code=$?
if [ "$manager" = brew ] && [ -d "$(brew --prefix)/opt/llvm/bin" ]; then
    PATH=$PATH:$(brew --prefix)/opt/llvm/bin
fi
missing=$(missing_parts | tr '\n' ' ')
if [ -n "$missing" ]; then
    cat "$log" >&2
    echo "install-deps.sh: still missing after $manager ended with status $code: $missing" >&2
    echo "install-deps.sh: install these by hand, with their headers, then run the same command again" >&2
    exit 1
fi
