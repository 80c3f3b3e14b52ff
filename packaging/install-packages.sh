#!/usr/bin/env bash
# Installs the Debian packages of packaging/apt-packages.txt that are missing: as root, or by sudo.
# With "--run" leaves out those below the line "# tests only". Prints what it does to standard error.
set -euo pipefail
list=$(dirname "$0")/apt-packages.txt
wanted=$(if [ "${1:-}" = --run ]; then sed '/^# tests only/,$d' "$list"; else cat "$list"; fi | grep -v '^#')
missing=()
for p in $wanted; do
  dpkg-query -W -f='${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed || missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "These packages are missing, and this is no Debian: ${missing[*]}" >&2
  exit 1
fi
sudo=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo=(sudo -n)
  else
    printf 'These packages are missing, and only root may install them. Run:\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends %s\n' "${missing[*]}" >&2
    exit 1
  fi
fi
echo "Installing ${#missing[@]} Debian packages: ${missing[*]}" >&2
# The tests start servers of their own; a cluster of the system's would only be in the way.
if [[ " ${missing[*]} " == *" postgresql-15 "* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
  "${sudo[@]}" mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' | "${sudo[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get update &&
       DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -20 "$log" >&2
  echo "Installing the packages failed; the last lines of apt-get are above." >&2
  exit 1
fi
