#!/usr/bin/env bash
# Installs Debian packages when they are missing: apt_packages.sh WHAT-FOR LIST
# As root it installs; as anybody else it says which command does, and ends with an error.
set -eu
# Two of these may be asked for at the same time, and apt serves one.
exec 9<"$0"
flock 9
purpose=$1
list=$2
wanted=()
while read -r package; do
  case $package in '' | '#'*) continue ;; esac
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || wanted+=("$package")
done <"$list"
[ ${#wanted[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "Missing for $purpose: ${wanted[*]} (this machine has no apt-get; install them by its own means)." >&2
  exit 1
fi
if [ "$(id -u)" != 0 ]; then
  echo "Missing for $purpose: run 'sudo apt-get install ${wanted[*]}', then this command again." >&2
  exit 1
fi
echo "Debian packages for $purpose: ${wanted[*]} …"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { apt-get update && apt-get install -y --no-install-recommends "${wanted[@]}"; } >"$log" 2>&1; then
  tail -15 "$log" >&2
  echo "apt-get could not install them; its output is in $log." >&2
  exit 1
fi
rm -f "$log"
