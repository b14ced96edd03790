#!/bin/sh
# What the tests need besides Python packages: a browser, fonts for it, and the PDF tools.
set -eu
missing=""
command -v chromium >/dev/null || missing="$missing chromium fonts-liberation"
command -v pdftotext >/dev/null || missing="$missing poppler-utils"
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 # a list of package names
    sh tools/apt_install.sh $missing
fi
