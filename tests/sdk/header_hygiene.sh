#!/bin/bash
# header_hygiene.sh INCLUDE_DIR: the contract compiles alone, warning-free and without padding, in every
# language version a plugin may use; the C++ layer in those it asks for.
set -euo pipefail
include=$1
for tool in gcc g++ clang clang++; do
  command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
try() {
  local header=$1
  shift
  echo "#include <tapedeck/$header>" >"$work/one.src"
  if "$@" -I"$include" -Wall -Wextra -pedantic -Werror -fsyntax-only "$work/one.src"; then
    echo "ok      $header  $*"
  else
    echo "FAILED  $header  $*"
    failed=1
  fi
}
for standard in c99 c11; do
  for compiler in gcc clang; do
    try abi.h "$compiler" -xc "-std=$standard" -Wpadded
  done
done
for standard in c++11 c++14 c++17 c++20; do
  for compiler in g++ clang++ "clang++ -stdlib=libc++"; do
    # shellcheck disable=SC2086
    try abi.h $compiler -xc++ "-std=$standard" -Wpadded
  done
done
for standard in c++17 c++20; do
  for compiler in g++ clang++ "clang++ -stdlib=libc++"; do
    # shellcheck disable=SC2086
    try plugin.hpp $compiler -xc++ "-std=$standard"
  done
done
exit $failed
