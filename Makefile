# Every verb a person needs. `make help` lists them.
# What is installed goes into the checkout (.venvs/, node_modules/); only Debian's packages go to the system.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
STORAGE ?= posix
DB ?= sqlite
DEV := .venvs/dev
BIN := $(DEV)/bin
JLPM := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jlpm
STAMPS := .stamps
LOGS := $(STAMPS)/logs

FRONTEND := $(shell find src style schema -type f 2>/dev/null) package.json tsconfig.json

# What hangs in a library's code no test's own limit ends: pytest then says where, and is aborted.
LIMITED := timeout --foreground --signal=ABRT --kill-after=30 40m

export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help
help: ## Lists these commands
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'
	@echo "  Options: STORAGE=posix|xrootd and DB=sqlite|postgres and TLS=1 for demo; PYTHON=python3.12"

# ---------------------------------------------------------------- what is installed, once

$(STAMPS)/prerequisites: scripts/check_prerequisites.sh
	@PYTHON=$(PYTHON) bash scripts/check_prerequisites.sh
	@mkdir -p $(STAMPS) $(LOGS) && touch $@

$(STAMPS)/dev: requirements/dev.txt | $(STAMPS)/prerequisites
	@echo "Python packages for development go into $(DEV) (once, about a minute) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(DEV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt
	@touch $@

$(STAMPS)/node: package.json yarn.lock .yarnrc.yml | $(STAMPS)/dev
	@echo "Node modules go into node_modules (once, about a minute) …"
	@$(JLPM) install --immutable > $(LOGS)/node.log || { tail -20 $(LOGS)/node.log; exit 1; }
	@touch $@

$(STAMPS)/ui-node: ui-tests/package.json ui-tests/yarn.lock | $(STAMPS)/dev
	@echo "Node modules for the browser tests go into ui-tests/node_modules (once) …"
	@cd ui-tests && PATH="$(CURDIR)/$(BIN):$$PATH" jlpm install --immutable > ../$(LOGS)/ui-node.log || { tail -20 ../$(LOGS)/ui-node.log; exit 1; }
	@touch $@

$(STAMPS)/frontend: $(FRONTEND) $(STAMPS)/node
	@echo "Building the frontend …"
	@$(JLPM) build > $(LOGS)/frontend.log 2>&1 || { cat $(LOGS)/frontend.log; exit 1; }
	@touch $@

# The package itself, linked: a change of the Python code or a new build of the frontend is there at once.
$(STAMPS)/linked: pyproject.toml install.json $(wildcard jupyter-config/*/*) $(STAMPS)/frontend
	@rm -f rucio_jupyterlab/labextension/install.json  # as an earlier link has left it; hatchling adds its own
	@HATCH_JUPYTER_BUILDER_SKIP_NPM=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter-builder develop --overwrite . > $(LOGS)/linked.log 2>&1 || { cat $(LOGS)/linked.log; exit 1; }
	@touch $@

$(STAMPS)/lake: lake/requirements.txt | $(STAMPS)/prerequisites
	@$(PYTHON) -m lake install
	@touch $@

# Kernels of other languages, which tests attach variables in.
$(STAMPS)/kernels: requirements/kernels.txt | $(STAMPS)/prerequisites
	@echo "Kernels of other languages go into .venvs/kernels (once, 350 MB) …"
	@test -x .venvs/kernels/bin/python || $(PYTHON) -m venv .venvs/kernels
	@.venvs/kernels/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/kernels.txt
	@touch $@

.PHONY: browser xrootd postgres tls kernels
kernels: $(STAMPS)/kernels
	@bash scripts/apt_packages.sh "an R kernel" tests/apt-kernels.txt
browser: | $(STAMPS)/prerequisites
	@bash scripts/apt_packages.sh "the browser tests" ui-tests/apt.txt
xrootd: | $(STAMPS)/prerequisites
	@bash scripts/apt_packages.sh "XRootD storage" lake/apt-xrootd.txt
postgres: | $(STAMPS)/prerequisites
	@bash scripts/apt_packages.sh "a PostgreSQL catalogue" lake/apt-postgres.txt
tls: | $(STAMPS)/prerequisites
	@bash scripts/apt_packages.sh "TLS with client certificates" lake/apt-tls.txt

# ---------------------------------------------------------------- the verbs

.PHONY: demo
demo: $(STAMPS)/linked $(STAMPS)/lake $(if $(filter xrootd,$(STORAGE)),xrootd) $(if $(filter postgres,$(DB)),postgres) $(if $(TLS),tls) ## A data lake and a JupyterLab with the extension; prints the address
	@exec $(BIN)/python -m demo --storage $(STORAGE) --db $(DB) $(if $(TLS),--tls)

.PHONY: demo-down
demo-down: | $(STAMPS)/dev ## Ends a demo that was left running
	@$(BIN)/python -m demo --storage $(STORAGE) --db $(DB) --down

.PHONY: test
test: ## Everything that can be tested here
	@$(MAKE) test-needs
	@$(MAKE) -j2 --keep-going --output-sync=target test-python-1 test-browser-1 test-browser-2 test-python-2 test-browser-xrootd lint test-jest test-auth test-wheel \
	  && failed=0 || failed=$$?; bash scripts/summary.sh $(LOGS) $$([ $$failed = 0 ] || echo failed) || true; exit $$failed

# One after the other: two installations at the same time would wait for each other's locks, or fail.
.PHONY: test-needs
test-needs: | $(STAMPS)/linked $(STAMPS)/lake $(STAMPS)/ui-node browser xrootd postgres tls kernels

.PHONY: lint
lint: $(STAMPS)/linked $(STAMPS)/ui-node ## ruff, mypy, import-linter, eslint, prettier, stylelint, tsc
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(JLPM) lint:check
	@$(JLPM) tsc --noEmit -p tsconfig.test.json
	@cd ui-tests && PATH="$(CURDIR)/$(BIN):$$PATH" jlpm typecheck

.PHONY: test-jest
test-jest: $(STAMPS)/linked kernels ## The frontend's unit tests
	@$(JLPM) test 2>&1 | tee $(LOGS)/jest.log

.PHONY: test-python test-python-1 test-python-2
test-python: test-python-1 test-python-2 ## pytest: units, the server, kernels, the lake
# Two halves of about the same length, each with lakes of its own, so that they can run side by side.
test-python-1: PYTESTS := tests/server tests/unit
test-python-2: PYTESTS := tests --ignore=tests/server --ignore=tests/unit
test-python-1 test-python-2: test-python-%: $(STAMPS)/linked $(STAMPS)/lake xrootd postgres tls
	@$(LIMITED) $(BIN)/python -m pytest $(PYTESTS) 2>&1 | tee $(LOGS)/pytest-$*.log

.PHONY: test-auth
test-auth: $(STAMPS)/linked ## Every handler asks who is there
	@$(BIN)/python scripts/check_auth.py 2>&1 | tee $(LOGS)/auth.log

.PHONY: test-wheel
test-wheel: $(STAMPS)/linked $(STAMPS)/lake ## The wheel, in a fresh environment without Node.js, also without a browser
	@$(BIN)/python scripts/check_wheel.py 2>&1 | tee $(LOGS)/wheel.log

BROWSER_NEEDS := $(STAMPS)/linked $(STAMPS)/lake $(STAMPS)/ui-node browser xrootd tls kernels

.PHONY: test-browser test-browser-1 test-browser-2 test-browser-xrootd
test-browser: test-browser-1 test-browser-2 test-browser-xrootd ## The stories in a real browser, on both storages
# Each half has a lake and a JupyterLab of its own, so that they can run side by side.
test-browser-1 test-browser-2: test-browser-%: $(BROWSER_NEEDS)
	@$(BIN)/python -m demo.browser_tests --state posix-$* --large 100000 --shard=$*/2 2>&1 | tee $(LOGS)/browser-$*.log
test-browser-xrootd: $(BROWSER_NEEDS)
	@$(BIN)/python -m demo.browser_tests --storage xrootd --grep @grid 2>&1 | tee $(LOGS)/browser-xrootd.log

# Never in $(DEV): both packages have the same name.
$(STAMPS)/bench-published: bench/requirements-published.txt | $(STAMPS)/prerequisites
	@echo "The published extension goes into .venvs/published (once) …"
	@test -x .venvs/published/bin/python || $(PYTHON) -m venv .venvs/published
	@.venvs/published/bin/python -m pip install --quiet --disable-pip-version-check -r bench/requirements-published.txt
	@touch $@

.PHONY: bench
bench: $(STAMPS)/linked $(STAMPS)/lake $(STAMPS)/ui-node $(STAMPS)/bench-published browser postgres ## Times beside those of the published extension, 35 minutes; ARGS=--write keeps them
	@$(BIN)/python -m bench $(ARGS)

.PHONY: docs
docs: $(STAMPS)/linked $(STAMPS)/lake $(STAMPS)/ui-node browser xrootd tls ## Takes the pictures of the documentation from the real thing
	@$(BIN)/python -m demo.browser_tests --storage posix --project pictures --grep-invert xcache
	@$(BIN)/python -m demo.browser_tests --storage xrootd --project pictures --grep xcache

.PHONY: format
format: $(STAMPS)/node ## Formats the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .
	@$(JLPM) lint

.PHONY: build
build: $(STAMPS)/node ## The wheel and the source distribution, into dist/
	@rm -rf dist rucio_jupyterlab/labextension
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m build --no-isolation

.PHONY: clean
clean: ## Removes what was built; environments and node modules stay
	@rm -rf lib dist tsconfig.tsbuildinfo rucio_jupyterlab/labextension rucio_jupyterlab/_version.py
	@rm -rf $(STAMPS) .mypy_cache .ruff_cache .pytest_cache .eslintcache .stylelintcache ui-tests/test-results
