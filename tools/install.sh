#!/bin/sh
# Makes .venv and installs the packages of a lock file, each checked against its hash. Usage: tools/install.sh LOCK
set -eu
lock=$1

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Plumbline needs Python 3.11 or newer; set PYTHON=/path/to/python3." >&2
    exit 1
}

python=$(find_python)
if [ ! -x .venv/bin/pip ]; then
    echo "Making .venv with $("$python" --version)"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian and Ubuntu keep this part of Python in a package of its own.
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        sh tools/apt_install.sh "python$version-venv"
    fi
    rm -rf .venv
    "$python" -m venv .venv
fi
echo "Installing the packages of $lock"
.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock"
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation --editable .
# Packages are compiled by pip; our own code is compiled here, also where Python is told not to write bytecode.
.venv/bin/python -m compileall -q -x '/(\.venv|\.git)/' .
