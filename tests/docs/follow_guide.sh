#!/usr/bin/env bash
# follow_guide.sh GUIDE.md SOURCE BUILD [PREFIX]: does what the guide says, in its order, in an empty folder, with
# Tapedeck installed from BUILD into a folder of its own (or the one in PREFIX). In the guide
#   ```cpp file=acme/acme.cpp   is written to that file
#   ```sh run                   is run; all of them in one shell that stops at the first failure
#   ```text expect              each line is a part of a line that the block before printed
# Any other block is only read. Fails, too, when the guide has none of one kind.
set -euo pipefail
guide=$1 source_dir=$(cd "$2" && pwd) build_dir=$3
for tool in awk cmake curl g++ gcc; do
  command -v "$tool" >/dev/null || { echo "missing tool: $tool"; exit 1; }
done
work=$(mktemp -d)
shell=
clean_up() {
  [ -z "$shell" ] || kill -- "-$shell" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

prefix=${4:-$work/prefix}
[ -n "${4:-}" ] || cmake --install "$build_dir" --prefix "$prefix" >/dev/null
mkdir "$work/here"

# One script of the whole guide: files by here-documents, blocks between marks.
awk '
  function quoted(text) { gsub(/\x27/, "\x27\\\x27\x27", text); return "\x27" text "\x27" }
  /^```/ && !inside {
    inside = 1; kind = ""
    if (match($0, /file=[^ ]+/)) {
      kind = "file"; file = substr($0, RSTART + 5, RLENGTH - 5); ++files
      print "mkdir -p \"$(dirname " quoted(file) ")\"; cat > " quoted(file) " <<\x27END_OF_BLOCK\x27"
    } else if ($0 ~ /^```sh run$/) {
      kind = "run"; ++runs
      print "exec >\"$OUT/" runs ".out\" 2>&1; echo " NR + 1 " > \"$OUT/line\""
    } else if ($0 ~ /^```text expect$/) { kind = "expect"; ++expects }
    next
  }
  /^```/ { if (kind == "file") print "END_OF_BLOCK"; inside = 0; next }
  inside && (kind == "file" || kind == "run") { print }
  inside && kind == "expect" { print "expect " runs " " NR " " quoted($0) }
  END { if (!files || !runs || !expects) { print "the guide has lost its marks" > "/dev/stderr"; exit 1 } }
' "$guide" > "$work/steps"

cat > "$work/start" <<'EOF2'
set -euo pipefail
expect() {
  local text=${3#"${3%%[![:space:]]*}"}
  grep -qF -- "${text%"${text##*[![:space:]]}"}" "$OUT/$1.out" ||
    { echo "$2" > "$OUT/line"; echo "not printed: $3"; return 1; }
}
EOF2
mkdir "$work/out"
set +e
(cd "$work/here" && exec setsid env -u TAPEDECK_PLUGIN_PATH OUT="$work/out" TAPEDECK="$prefix" TAPEDECK_SOURCE="$source_dir" \
  XDG_CACHE_HOME="$work/cache" bash -c '. "$0"; . "$1"' "$work/start" "$work/steps") </dev/null &
shell=$!
wait "$shell"
status=$?
set -e
if [ "$status" -ne 0 ]; then
  echo "$guide:$(cat "$work/out/line" 2>/dev/null || echo '?'): this step failed (exit $status); what was printed last:"
  for out in $(ls -t "$work"/out/*.out 2>/dev/null | head -2); do echo "--- $(basename "$out")"; tail -30 "$out"; done
  exit 1
fi
echo "followed: $(grep -c END_OF_BLOCK\' "$work/steps") files, $(find "$work/out" -name '*.out' | wc -l) blocks run"
