# Everything there is to do with a checkout. `make` alone prints this help.
PORT ?= 8080
DATA ?= .plumbline
PYTHON ?=
NAME ?=
N ?= 2000
SEED ?= 1
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test suite lint bench oracle docs lock

help: ## print this help
	@echo "Plumbline"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run.stamp ## serve on http://localhost:8080 with demo tenants [PORT=8090] [DATA=DIR]
	@exec $(BIN)/plumbline serve --demo --port $(PORT) --data "$(DATA)"

test: .venv/test.stamp ## lint, types, import layers, unit, contract and browser tests
	@sh tools/system_packages.sh
	@$(MAKE) --no-print-directory -j2 lint suite

suite: .venv/test.stamp
	@$(BIN)/pytest -n 4 --dist loadgroup

lint: .venv/test.stamp ## ruff, mypy and import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports

bench: .venv/test.stamp ## all benchmarks, or one: NAME=start
	@$(BIN)/python -m benchmarks $(NAME)

oracle: .venv/test.stamp ## compare the metric compiler with a second implementation: N=100000 [SEED=1]
	@$(BIN)/python -m tests.oracle $(N) $(SEED)

docs: .venv/test.stamp ## take the screenshots of docs/img anew
	@sh tools/system_packages.sh
	@$(BIN)/python tools/screenshots.py

lock: .venv/test.stamp ## pin the newest allowed versions with their hashes (needs uv)
	@sh tools/lock.sh

.venv/run.stamp: requirements.lock pyproject.toml tools/install.sh
	@PYTHON="$(PYTHON)" sh tools/install.sh requirements.lock
	@touch $@

.venv/test.stamp: requirements-test.lock pyproject.toml tools/install.sh
	@PYTHON="$(PYTHON)" sh tools/install.sh requirements-test.lock
	@touch $@ .venv/run.stamp
