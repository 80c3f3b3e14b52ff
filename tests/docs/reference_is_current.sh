#!/usr/bin/env bash
# reference_is_current.sh PIPELINES.md TAPEDECK: what stands below the mark is what `tapedeck reference` prints.
# With --write after these, puts it there.
set -euo pipefail
file=$1 tapedeck=$2
mark='<!-- from here on: tapedeck reference -->'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
grep -qxF -- "$mark" "$file" || { echo "$file: has no line '$mark'"; exit 1; }
sed "/^$mark\$/q" "$file" > "$work/wanted"
{ echo; env -u TAPEDECK_PLUGIN_PATH XDG_CACHE_HOME="$work" "$tapedeck" reference; } >> "$work/wanted"
if [ "${3:-}" = --write ]; then
  cp "$work/wanted" "$file"
elif ! diff -u "$file" "$work/wanted"; then
  echo "$file is out of date: tests/docs/reference_is_current.sh $file $tapedeck --write"
  exit 1
fi
