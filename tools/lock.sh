#!/bin/sh
# Writes requirements.lock and requirements-test.lock: exact versions and hashes for every platform, no index addresses.
set -eu
compile() {
    uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-emit-index-url \
        --no-emit-find-links --python-version 3.11 --quiet "$@"
}
compile --extra build --output-file requirements.lock
compile --extra build --extra test --output-file requirements-test.lock
