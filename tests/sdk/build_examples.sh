#!/bin/bash
# build_examples.sh SOURCE BUILD PLUGIN_DELIVER: installs the SDK into a folder of its own, builds the
# examples outside the tree as a stranger would, with every compiler that is supported, and lets
# PLUGIN_DELIVER load and use each.
set -euo pipefail
source_dir=$1 build_dir=$2 plugin_deliver=$3
for tool in cmake g++ gcc clang++ clang; do
  command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The SDK alone: installing everything would need everything to be built.
cmake -DCMAKE_INSTALL_PREFIX="$work/sdk" -P "$build_dir/sdk/cmake_install.cmake" >/dev/null
cp -r "$source_dir/sdk/examples" "$work/examples"

# A file is named after its build, so that two of one example are two modules.
build() {
  local name=$1 example=$2
  shift 2
  cmake -S "$work/examples/$example" -B "$work/$name" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_PREFIX_PATH="$work/sdk" "$@" >"$work/log" 2>&1 &&
    cmake --build "$work/$name" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  mv "$work/$name/$example.so" "$work/$name.so"
}
cxx_flags="-Wall -Wextra -Wpedantic -Werror"
build csv_gcc17 csv_history -DCMAKE_CXX_COMPILER=g++ -DCMAKE_CXX_FLAGS="$cxx_flags"
build csv_gcc20 csv_history -DCMAKE_CXX_COMPILER=g++ -DCMAKE_CXX_FLAGS="$cxx_flags -std=c++20"
build csv_gcc_old_string csv_history -DCMAKE_CXX_COMPILER=g++ \
  -DCMAKE_CXX_FLAGS="$cxx_flags -D_GLIBCXX_USE_CXX11_ABI=0"
build csv_clang csv_history -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_CXX_FLAGS="$cxx_flags"
build csv_clang_libcxx csv_history -DCMAKE_CXX_COMPILER=clang++ \
  -DCMAKE_CXX_FLAGS="$cxx_flags -stdlib=libc++"
build c99_gcc pure_c -DCMAKE_C_COMPILER=gcc -DCMAKE_C_FLAGS="$cxx_flags"
build c99_clang pure_c -DCMAKE_C_COMPILER=clang -DCMAKE_C_FLAGS="$cxx_flags"
"$plugin_deliver" "$work"/*.so
