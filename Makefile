# Từng Nhà. Needs Python 3.11 or newer, make and the package registries; everything else is installed from them.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export PORT
# What Python has compiled is stored: many tests start processes of the app, and collection rewrites 400 files.
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(CURDIR)/$(BIN):$(PATH)

# Browser tests wait half of their time: one worker more than there are cores.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# What `make test-fast` and `make faults` run.
FAST_TESTS := $(addprefix tests/,core commune/accounts fieldwork/households fieldwork/visits review/deduplication \
	review/decisions sync web docs contract locale field) \
	$(addprefix tests/fieldwork/derived/test_,household_days.py monthly_totals.py totals.py visited.py)
FAULT_TESTS := $(addprefix tests/,faults upkeep/maintenance scenarios sync/test_histories.py sync/test_hostile.py \
	sync/quarantine field) \
	$(addprefix tests/reports/,test_query.py test_adjustments.py test_read_back.py test_forms.py year) \
	$(addprefix tests/fieldwork/derived/,test_household_days.py test_visited.py test_monthly_totals.py \
		needs/test_update.py flags/test_plausible.py) \
	$(addprefix tests/fieldwork/,visits/test_follow_ups.py households/test_hamlet_merge_histories.py) \
	tests/review/deduplication/test_undoing.py tests/review/days \
	$(addprefix tests/e2e/test_,phone_faults.py full_phone.py two_tabs.py switched.py accounts.py revoked.py \
	restored.py newcomer.py upgrade.py export_file.py)
# `make faults` begins its random histories at another number each day.
SEED ?= $(shell date +%Y%m%d)
# The locks are for every system and Python version. Only `make lock` needs uv, and installs it.
COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: build ## set everything up and start the demo on http://127.0.0.1:8000 (PORT=… changes the port)
	@TUNGNHA_MODE=$${TUNGNHA_MODE:-demo} $(BIN)/python -m app.cli serve

dev: build $(VENV)/.dev ## the demo, built and started again whenever Python, a template or browser code changes
	@TUNGNHA_MODE=$${TUNGNHA_MODE:-demo} $(BIN)/python -m tests.dev_server

test: build $(VENV)/.dev ## every test: SQLite, PostgreSQL, Node, three browsers
	@$(BIN)/python -m tests.machine
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -p tests.cpu_budget

test-fast: build $(VENV)/.dev ## one minute: the domain, sync and web on SQLite, the phone's code in Node
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -k "not postgresql" \
		-m "not (slow or browser or deploy or mutant)" $(FAST_TESTS)

deploy-test: build $(VENV)/.dev ## docs/deploy.md on a fresh Debian, as root: installed, started, a visit through HTTPS
	@$(BIN)/python -m tests.machine deploy
	@$(BIN)/python -m pytest -m deploy tests/deploy tests/benchmarks

faults: build $(VENV)/.dev ## the fault matrix at full length (docs/reliability.md); make test runs a short one
	@$(BIN)/python -m tests.machine
	@echo "Random histories from $(SEED) on: make faults SEED=$(SEED) runs the same ones again"
	@FAULTS=long KILLS=12 HISTORIES=$${HISTORIES:-20} UNDO_DAYS=$${UNDO_DAYS:-60} UNSAVED=$${UNSAVED:-2000} SEED=$(SEED) \
		$(BIN)/python -m pytest -rP -m "not deploy" -n $(WORKERS) --dist worksteal $(FAULT_TESTS)
	@$(MAKE) --no-print-directory partitioned

partitioned: build $(VENV)/.dev ## the tests of PostgreSQL on tables partitioned by commune: what is not of one is seen (make faults runs it too)
	@$(BIN)/python -m tests.machine
	@PARTITIONED=1 $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

distributed: build $(VENV)/.dev ## the app on a Citus cluster of three servers; PG_CONFIG=… names a PostgreSQL that has it (docs/development.md)
	@DISTRIBUTED=1 $(BIN)/python -m pytest -q -p no:xdist

mutants: build $(VENV)/.dev ## plant bugs, each in a copy of the project, and see that tests fail (docs/mutants.md)
	@$(BIN)/python -m tests.machine
	@$(BIN)/python -m tests.mutants

check: lint test ## what CI runs: linters, types, layers, then every test

lint: build $(VENV)/.dev ## ruff, mypy, import-linter, prepared statements, biome, tsc
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.tenancy.prepared_lint
	@$(BIN)/npm --prefix service_worker run --silent lint
	@$(BIN)/npm --prefix service_worker run --silent types

format: $(VENV)/.dev service_worker/node_modules ## format Python, TypeScript, JavaScript and CSS; fix what the linters can fix
	@$(BIN)/ruff check --fix --exit-zero --quiet . && $(BIN)/ruff format .
	@$(BIN)/npm --prefix service_worker run --silent format

build: $(BIN)/tung-nha service_worker/node_modules ## compile templates, bundle the phone's code, build the service worker
	@$(BIN)/python service_worker/build

wheel: build ## the installable server in dist/: needs neither this folder nor Node
	@rm -rf dist
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -w dist .

phone: build ## the app over HTTPS for a phone in the same Wi-Fi: two QR codes (docs/devices.md)
	@$(BIN)/python -m deploy.phone

release: $(VENV)/.release ## make release VERSION=0.2.0 KEY=~/.ssh/release: changelog, archive, image, SBOMs, signed checksums in dist/, and the tag; WHEELS=x86_64: also an archive for servers without the internet
	@$(BIN)/python -m deploy.make_release "$(VERSION)" "$(KEY)" $(WHEELS)

migration: $(VENV)/.run ## write the next revision from the models: make migration NAME=what_it_does
	@test -n "$(NAME)" || { echo "Say what it does: make migration NAME=add_visit_photo"; exit 2; }
	@$(BIN)/python -m app.upkeep.migrations $(NAME)

messages: $(BIN)/tung-nha ## bring the catalogs of translations up to date: app/core/locale/*/LC_MESSAGES/messages.po
	@$(BIN)/python service_worker/build/catalog.py

lock: $(VENV)/.lock ## resolve the dependencies of pyproject.toml anew (UPGRADE=1: to their newest versions)
	@$(COMPILE) -o requirements.lock
	@$(COMPILE) --group dev -o requirements-dev.lock
	@echo uv | $(COMPILE:pyproject.toml=-) --no-annotate -o requirements-uv.lock
	@$(COMPILE:pyproject.toml=) --group build -c requirements-dev.lock -o requirements-build.lock
	@$(COMPILE:pyproject.toml=) --group release -c requirements-dev.lock -o requirements-release.lock

bench: build $(VENV)/.dev ## on an idle machine: measure everything the budgets name and write the pages that quote it
	@$(BIN)/python -m tests.machine
	@$(BIN)/python -m benchmarks.all

facts: $(VENV)/.run ## list the facts that papers and guides rest on, by the day of their check (app/core/law/facts.toml)
	@$(BIN)/python -m app.core.law

seed: $(VENV)/.run ## load the demo commune into an empty database
	@$(BIN)/python -m app.cli seed-demo

pictures: build $(VENV)/.dev ## take the pictures of docs/screens and of the handbooks anew; ONLY=handbook: of the handbooks
	@$(BIN)/python -m tests.e2e.pictures $(ONLY)

clean: ## remove what was built or installed here; the database in var/ stays
	rm -rf $(VENV) service_worker/node_modules static/dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	@echo "Installing Python packages…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# Node, and what else builds the phone's app and the wheel: no server needs it.
$(VENV)/.build: requirements-build.lock $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock
	@touch $@

# The operator's command: this folder as an editable install.
$(BIN)/tung-nha: pyproject.toml $(VENV)/.build
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing packages for tests…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.release: requirements-release.lock $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-release.lock
	@touch $@

$(VENV)/.lock: requirements-uv.lock $(VENV)/.run
	@echo "Installing uv…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

service_worker/node_modules: service_worker/package-lock.json $(VENV)/.build
	@echo "Installing browser packages…"
	@$(BIN)/npm ci --prefix service_worker --silent --no-audit --no-fund --ignore-scripts
	@touch $@

.PHONY: help run dev test test-fast deploy-test faults partitioned distributed mutants check lint format build wheel phone release migration messages lock bench seed pictures clean
