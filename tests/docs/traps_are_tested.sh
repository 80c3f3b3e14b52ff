#!/usr/bin/env bash
# Usage: traps_are_tested.sh SOURCE-DIR
# Each row of plugins/*/TRAPS.md names tests, as `Suite.Name` in its last column: all of them must exist.
set -euo pipefail
cd "$1"
known=$(mktemp)
trap 'rm -f "$known"' EXIT
grep -rhozP 'TEST(_F|_P)?\(\s*\w+\s*,\s*\w+\s*\)' --include='*_test.cpp' plugins tests host | tr '\0' '\n' \
  | sed -E 's/TEST(_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)/\2.\3/' | sort -u >"$known"
files=0 tests=0 missing=0
for file in plugins/*/TRAPS.md; do
  files=$((files + 1))
  while IFS= read -r row; do
    names=$(sed -E 's/.*\|([^|]*)\|\s*$/\1/' <<<"$row" | grep -oE '`[A-Za-z_0-9]+\.[A-Za-z_0-9]+`' | tr -d '`' || true)
    [ -n "$names" ] || { echo "$file: no test: $row"; missing=$((missing + 1)); }
    for name in $names; do
      tests=$((tests + 1))
      grep -qxF "$name" "$known" || { echo "$file: there is no test $name"; missing=$((missing + 1)); }
    done
  done < <(grep -E '^\|' "$file" | tail -n +3)
done
echo "$files lists of traps, $tests tests named, $missing missing"
[ "$files" -gt 0 ] && [ "$missing" -eq 0 ]
