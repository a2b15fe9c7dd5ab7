#!/usr/bin/env bash
# What has failed, and the runners' own last lines, together: summary.sh FOLDER-OF-LOGS
set -u
logs=$1

# Of each failure its name and what was expected: the whole of it may be a thousand lines further up.
failures() {
  # Without its colours.
  local plain="s/\x1b\[[0-9;]*m//g"
  sed "$plain" "$logs/jest.log" | grep -E -A 12 '^  ● .* › ' | head -120
  for run in 1 2 xrootd; do
    sed "$plain" "$logs/browser-$run.log" | grep -E -A 16 '^  +[0-9]+\) \[' | cut -c 1-600 | head -120
  done
  for run in 1 2; do
    grep -E '^(FAILED|ERROR) ' "$logs/pytest-$run.log" | cut -c 1-600
    grep -E '^E  ' "$logs/pytest-$run.log" | cut -c 1-300 | head -60
    # What hung, and was aborted.
    grep -E -A 12 '^Fatal Python error' "$logs/pytest-$run.log"
  done
}

echo
if [ "${2:-}" = failed ]; then
  echo "── what failed"
  failures
fi
echo "── jest";           grep -E '^(Test Suites|Tests):' "$logs/jest.log"
echo "── authentication"; tail -1 "$logs/auth.log"
echo "── wheel";          tail -1 "$logs/wheel.log"
for run in 1 2 xrootd; do
  echo "── browser, $run"
  grep -E '^ +[0-9]+ (passed|failed|flaky|skipped|did not run)' "$logs/browser-$run.log"
done
for run in 1 2; do
  echo "── pytest, $run"
  grep -E '^=+ .*(passed|failed|error).* =+$' "$logs/pytest-$run.log" | tail -1
done
