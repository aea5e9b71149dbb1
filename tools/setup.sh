#!/usr/bin/env bash
# Sets the machine up: system packages that are missing, .venv, the project at its pinned versions.
# Does nothing when all of that is there already. PYTHON=/path/to/python3.x chooses the interpreter.
# `tools/setup.sh browser` adds Chromium instead, which the tests of the pages drive.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=.venv/.set-up
probe='import sys; sys.exit(sys.version_info < (3, 11))'

fail() {
    echo "setup: $*" >&2
    exit 1
}

key() {
    { pwd; cat pyproject.toml constraints.txt tools/setup.sh; } | cksum
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        "$PYTHON" -c "$probe" 2>/dev/null || fail "PYTHON=$PYTHON is not Python 3.11 or newer"
        echo "$PYTHON"
        return
    fi
    for candidate in python3.11 python3.12 python3.13 python3.14 python3; do
        if "$candidate" -c "$probe" >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    fail "no Python 3.11 or newer found: install one, or say where it is with PYTHON=/path/to/python3"
}

# One word for each thing that is missing: pkg-config cairo pango compiler headers venv
missing_parts() {
    command -v pkg-config >/dev/null || echo pkg-config
    pkg-config --exists cairo 2>/dev/null || echo cairo
    pkg-config --exists pangocairo pangoft2 2>/dev/null || echo pango
    command -v cc >/dev/null || echo compiler
    "$python" -c 'import os.path as p, sysconfig as s
raise SystemExit(not p.exists(p.join(s.get_path("include"), "Python.h")))' || echo headers
    "$python" -c 'import ensurepip, venv' 2>/dev/null || echo venv
}

apt_name() {
    local version
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    case $1 in
        cairo) echo libcairo2-dev ;;
        pango) echo libpango1.0-dev ;;
        compiler) echo build-essential ;;
        headers) echo "python$version-dev" ;;
        venv) echo "python$version-venv" ;;
        *) echo "$1" ;;
    esac
}

install_by_apt() {
    local packages=() sudo=()
    for part in "$@"; do packages+=("$(apt_name "$part")"); done
    local by_hand="apt-get install ${packages[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "packages are missing; as root: $by_hand"
        sudo=(sudo)
    fi
    echo "Installing ${packages[*]}"
    # Not every package list need be reachable; what counts is whether the packages install.
    ${sudo[@]+"${sudo[@]}"} apt-get update -qq || true
    ${sudo[@]+"${sudo[@]}"} env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null ||
        fail "apt-get could not install what is missing; as root: $by_hand"
}

install_by_brew() {
    local packages=()
    for part in "$@"; do
        case $part in
            compiler) fail "no C compiler: run xcode-select --install" ;;
            headers | venv) fail "this Python has no $part: run brew install python@3.11" ;;
            *) packages+=("$part") ;;
        esac
    done
    command -v brew >/dev/null ||
        fail "${packages[*]} missing and no Homebrew: get it at brew.sh, then brew install ${packages[*]}"
    echo "Installing ${packages[*]}"
    brew install --quiet "${packages[@]}" || fail "could not install: brew install ${packages[*]}"
}

install_system_packages() {
    local parts
    parts=$(missing_parts)
    [ -n "$parts" ] || return 0
    # The names are single words.
    # shellcheck disable=SC2086
    if [ "$(uname)" = Darwin ]; then
        install_by_brew $parts
    elif command -v apt-get >/dev/null; then
        install_by_apt $parts
    else
        fail "missing:" $parts "- install them (development files) with this system's package manager"
    fi
}

install_project() {
    echo "Installing the project into .venv (a few minutes the first time)"
    .venv/bin/python -c "$probe" 2>/dev/null || "$python" -m venv --clear .venv ||
        fail "$python could not make .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --constraint constraints.txt --editable '.[dev]' ||
        fail "pip could not install the project: see its message above; it needs a package index"
}

install_browser() {
    for candidate in chromium chromium-browser google-chrome; do
        if command -v "$candidate" >/dev/null; then return; fi
    done
    python=.venv/bin/python
    # Ubuntu's package of that name holds no browser.
    if grep -qsx 'ID=debian' /etc/os-release && (install_by_apt chromium); then return; fi
    echo "setup: no Chromium here, so the tests of the pages will be skipped" >&2
}

if [ "${1:-}" = browser ]; then
    install_browser
    exit
fi
if [ "$(cat "$stamp" 2>/dev/null)" = "$(key)" ] && .venv/bin/python -c "$probe" 2>/dev/null; then
    exit 0
fi
python=$(find_python)
install_system_packages
install_project
key >"$stamp"
