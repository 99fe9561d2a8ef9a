#!/usr/bin/env bash
# Install what requirements.lock names into .venv, or do nothing if that is done. PYTHON, where it is set, is the Python to
# build .venv with; else a .venv that works stays as it is, and a new one is built with python3.
set -euo pipefail

least=$(sed -n 's/^requires-python = ">=\(.*\)"$/\1/p' pyproject.toml)
python=${PYTHON:-python3}
# Written last, so that an interrupted installation is taken up again. A folder that was moved leaves scripts behind that
# look for the Python of its old place.
marker=.venv/.installed
wanted() {
    pwd
    cat requirements.lock pyproject.toml
}

refuse() {
    echo "error: $1" >&2
    exit 1
}

# What tells one Python from another: its version and where it is installed, the same within an environment of it.
identity() {
    "$1" -c 'import sys; print(sys.version_info[:2], sys.base_prefix)' 2>/dev/null
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info[:2] < tuple(map(int, sys.argv[1].split("."))))' "$least" 2>/dev/null
}

# A newer Python that is here under another name, for the message.
another() {
    local name
    for name in python3.13 python3.12 python3.11 python3.14; do
        if command -v "$name" >/dev/null && new_enough "$name"; then
            echo "$name"
            return
        fi
    done
    echo "python$least"
}

check_python() {
    command -v "$python" >/dev/null ||
        refuse "$python: no such program; install Python $least or newer, or name yours: make demo PYTHON=$(another)"
    identity "$python" >/dev/null ||
        refuse "$python: does not start as a Python; name one of $least or newer: make demo PYTHON=$(another)"
    new_enough "$python" ||
        refuse "$python is Python $("$python" -c 'import platform; print(platform.python_version())'), and $least or newer is\
 needed; install one and name it: make demo PYTHON=$(another)"
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        refuse "$python cannot make an environment (it lacks the module venv or ensurepip); on Debian and Ubuntu:\
 apt install python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
}

# Whether .venv can be used as it is, or filled: it starts, is new enough, stands where it was made, and is the Python wanted.
usable() {
    new_enough .venv/bin/python && .venv/bin/python -c 'import pip' 2>/dev/null || return 1
    [ ! -s "$marker" ] || [ "$(head -n 1 "$marker")" = "$(pwd)" ] || return 1
    [ -z "${PYTHON:-}" ] || [ "$(identity .venv/bin/python)" = "$(identity "$python" || true)" ]
}

if [ -n "${PYTHON:-}" ] || ! usable; then
    check_python
fi
if ! usable; then
    echo "building .venv with $python"
    rm -rf .venv
    "$python" -m venv .venv || refuse "$python could not make .venv; what it says stands above"
fi
if ! wanted | cmp -s - "$marker"; then
    rm -f "$marker"
    pip=(.venv/bin/python -m pip install --quiet --disable-pip-version-check)
    "${pip[@]}" --require-hashes --requirement requirements.lock &&
        "${pip[@]}" --no-deps --no-build-isolation --editable . ||
        refuse "the packages could not be installed with $(.venv/bin/python --version); what pip says stands above. It needs the\
 network and about 8 GB of disk, and packages may be missing for a very new Python; give the command again to go on"
    wanted >"$marker"
fi
