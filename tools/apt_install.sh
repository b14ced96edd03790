#!/bin/sh
# Installs Debian or Ubuntu packages, as root or through sudo, and says so. Usage: tools/apt_install.sh PACKAGE...
set -eu
if ! command -v apt-get >/dev/null; then
    echo "Please install these with your system's package manager, then try again: $*" >&2
    exit 1
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
fi
echo "Installing system packages: $*"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
