#!/bin/sh
# What the tests need besides Python packages: a browser, fonts for it, the PDF tools, a database and a spreadsheet
# program.
set -eu
missing=""
command -v chromium >/dev/null || missing="$missing chromium fonts-liberation"
command -v pdftotext >/dev/null || missing="$missing poppler-utils"
[ -x /usr/sbin/mariadbd ] || missing="$missing mariadb-server-core"
command -v soffice >/dev/null || missing="$missing libreoffice-calc"
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 # a list of package names
    sh tools/apt_install.sh $missing
fi
