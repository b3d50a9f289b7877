#!/bin/sh
# check-install.sh: installs into a scratch prefix, builds the examples there with pkg-config alone, shared and static,
# runs them, includes the header from C++, looks at what can be seen from outside, at man page and completions, and uninstalls. Run by `make test`.
set -eu
cd "$(dirname "$0")/.."
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT INT TERM
cc=${CC:-cc}
fail() {
    echo "FAIL  install: $*"
    exit 1
}
make -s install PREFIX=/opt/loom DESTDIR="$box/stage" >"$box/log" 2>&1 || { cat "$box/log"; fail "make install"; }
PKG_CONFIG_PATH=$box/stage/opt/loom/lib/pkgconfig
PKG_CONFIG_SYSROOT_DIR=$box/stage
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
[ "$(pkg-config --modversion loomcast)" = "$("$box/stage/opt/loom/bin/loomcast" --version | sed 's/^loomcast \([^ ]*\).*/\1/')" ] ||
    fail "loomcast.pc names another version than the program"
for source in tests/examples/*.c; do
    name=$(basename "$source" .c)
    # shellcheck disable=SC2046 # flags are words
    $cc -std=c11 -Wall -Wextra -Werror $(pkg-config --cflags loomcast) "$source" -o "$box/$name" $(pkg-config --libs loomcast) -lm ||
        fail "$name does not build with the shared library"
    # shellcheck disable=SC2046
    $cc -std=c11 $(pkg-config --cflags loomcast) "$source" -o "$box/$name-static" "$box/stage/opt/loom/lib/libloomcast.a" \
        $(pkg-config --static --libs loomcast | sed 's/-lloomcast//') || fail "$name does not build with the archive"
    LD_LIBRARY_PATH=$box/stage/opt/loom/lib "$box/$name" >"$box/$name.out" 2>&1 || { cat "$box/$name.out"; fail "$name fails"; }
    "$box/$name-static" >"$box/$name-static.out" 2>&1 || fail "$name fails with the archive"
    cmp -s "$box/$name.out" "$box/$name-static.out" || fail "$name says something else with the archive"
done
[ "$(wc -l <"$box/fit_forecast.out")" -eq 25 ] || fail "fit_forecast does not print a day"
grep -q '^500: temperature is 45, not 2[01] as expected$' "$box/watch_rows.out" || fail "watch_rows misses the row"
grep -q '^cancelled: a model$' "$box/cancel.out" || fail "cancel is not cancelled"
if command -v "${CXX:-c++}" >/dev/null 2>&1; then
    printf '#include <loomcast.h>\nint main() { return lc_version() == nullptr; }\n' >"$box/header.cpp"
    # shellcheck disable=SC2046
    "${CXX:-c++}" -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags loomcast) "$box/header.cpp" -o "$box/header" \
        $(pkg-config --libs loomcast) || fail "C++ does not take the header"
    LD_LIBRARY_PATH=$box/stage/opt/loom/lib "$box/header" || fail "C++ does not run"
fi
if command -v nm >/dev/null 2>&1; then
    nm -D --defined-only "$box/stage/opt/loom/lib/libloomcast.so" | awk '{ print $3 }' >"$box/symbols"
    grep -v '^lc_' "$box/symbols" && fail "the library shows what is not its own"
    grep -q '^lc_panel_of_arrays$' "$box/symbols" || fail "the library hides what the header declares"
fi
share=$box/stage/opt/loom/share
while read -r kind file; do
    "$box/stage/opt/loom/bin/loomcast" --generate "$kind" | cmp -s - "$share/$file" || fail "share/$file is not what --generate $kind prints"
done <<'END'
man man/man1/loomcast.1
bash bash-completion/completions/loomcast
zsh zsh/site-functions/_loomcast
fish fish/vendor_completions.d/loomcast.fish
END
make -s uninstall PREFIX=/opt/loom DESTDIR="$box/stage" >/dev/null
[ -z "$(find "$box/stage" ! -type d)" ] || fail "uninstall leaves $(find "$box/stage" ! -type d | tr '\n' ' ')"
echo "ok    install, $(ls tests/examples | wc -l) examples, shared and static"
