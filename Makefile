# Từng Nhà. Needs Python 3.11 or newer, make and the package registries; everything else is brought here.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export PORT
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: build ## set everything up and start the demo on http://127.0.0.1:8000 (PORT=… changes the port)
	@TUNGNHA_MODE=$${TUNGNHA_MODE:-demo} $(BIN)/python -m app.cli serve

test: build $(VENV)/.dev ## every test: SQLite, PostgreSQL, Node, three browsers
	@$(BIN)/python -m tests.machine
	@$(BIN)/python -m pytest -n 2 --dist worksteal

faults: build $(VENV)/.dev ## the fault matrix at full length (docs/reliability.md); make test runs a short one
	@$(BIN)/python -m tests.machine
	@FAULTS=long KILLS=12 HISTORIES=60 $(BIN)/python -m pytest -rP tests/faults tests/keeping tests/scenarios \
		tests/sync/test_histories.py tests/field tests/e2e/test_phone_faults.py tests/e2e/test_full_phone.py \
		tests/e2e/test_two_tabs.py tests/e2e/test_switched.py tests/e2e/test_accounts.py tests/e2e/test_revoked.py \
		tests/e2e/test_fates.py tests/e2e/test_backup_file.py

check: lint test ## what CI runs: linters, types, layers, then every test

lint: build $(VENV)/.dev ## ruff, mypy, import-linter, biome, tsc
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/npm --prefix service_worker run --silent lint
	@$(BIN)/npm --prefix service_worker run --silent types

build: $(VENV)/.run service_worker/node_modules ## compile templates, bundle the phone's code, build the service worker
	@$(BIN)/python service_worker/build.py

bench: build $(VENV)/.dev ## measure everything the budgets name and rewrite benchmarks/RESULTS.md
	@$(BIN)/python -m tests.machine
	@$(BIN)/python -m benchmarks.all

seed: $(VENV)/.run ## load the demo commune into an empty database
	@$(BIN)/python -m app.cli seed-demo

pictures: build $(VENV)/.dev ## take the pictures of docs/screens anew
	@$(BIN)/python -m tests.e2e.pictures

clean: ## remove what was built or installed here; the database in var/ stays
	rm -rf $(VENV) service_worker/node_modules static/dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	@echo "Installing Python packages…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing packages for tests…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

service_worker/node_modules: service_worker/package-lock.json $(VENV)/.run
	@echo "Installing browser packages…"
	@$(BIN)/npm ci --prefix service_worker --silent --no-audit --no-fund --ignore-scripts
	@touch $@

.PHONY: help run test faults check lint build bench seed pictures clean
