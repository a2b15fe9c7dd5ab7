#!/usr/bin/env bash
# The runners' own last lines, together: summary.sh FOLDER-OF-LOGS
set -u
logs=$1
echo
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
