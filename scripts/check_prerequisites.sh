#!/usr/bin/env bash
# Says in one sentence what is missing before anything is built.
set -eu
missing() { echo "Missing: $1" >&2; exit 1; }
PYTHON=${PYTHON:-python3}

command -v "$PYTHON" >/dev/null 2>&1 || missing "Python 3.10 or newer ($PYTHON is not on the PATH)."
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
  missing "Python 3.10 or newer; $PYTHON is $("$PYTHON" -V 2>&1). Use 'make PYTHON=/path/to/python3.12 …'."
"$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
  missing "Python's venv module. On Debian: apt-get install python3-venv"
command -v node >/dev/null 2>&1 || missing "Node.js 20 or newer (node is not on the PATH)."
[ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] ||
  missing "Node.js 20 or newer; this is $(node --version)."
