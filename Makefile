# The two commands: `make demo` and `make test`. Both do all of their own set-up; a second run is quick.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test bench bench-lab wire build lint format check-python check-js test-python test-js e2e screenshots clean

# images for servers set it; here the same files would be compiled by each worker, JupyterLab and kernel
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
STATIC := inmem_widgets/static
MODULES := js/node_modules/.installed
# three workers for two cores, as half of the time a browser is waited for; files stay together (a browser
# or a JupyterLab is started once for each) and in the order of tests/conftest.py; more than a few failures
# of the screen are none of a loaded machine's
CORES := $(shell getconf _NPROCESSORS_ONLN)
WORKERS := -n $(shell expr $(CORES) \* 3 / 2) --dist loadfile --no-loadscope-reorder --max-suite-reruns 10
BUNDLE := $(STATIC)/.built
JS_SOURCES := $(shell find js/src js/scripts -type f) $(wildcard js/*.json)
# what the JavaScript side runs when it needs this project's Python
NPM := cd js && PYTHON="$(CURDIR)/$(BIN)/python" npm

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: $(VENV)/.demo $(BUNDLE) ## open JupyterLab at the tour
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/01_tour.ipynb \
	    $(shell [ "$$(id -u)" = 0 ] && echo --allow-root) $(LAB_OPTIONS)

test: ## everything: style, types, JavaScript and Python tests, browser included
	$(MAKE) -j2 lint test-js
	$(MAKE) test-python

lint: check-python check-js ## style and types, both languages

check-python: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check-js: $(MODULES)
	$(NPM) run check

test-js: $(BUNDLE) $(VENV)/.dev
	$(NPM) test

test-python: $(VENV)/.dev $(BUNDLE)
	INMEM_BROWSER="$$($(BIN)/python -m scripts.ensure_browser)" $(BIN)/python -m pytest $(WORKERS) $(PYTEST_OPTIONS)

bench: $(VENV)/.dev ## ours beside the reference, in one process
	$(BIN)/python -m tests.benchmarks

bench-lab: $(VENV)/.dev $(BUNDLE) ## the key table in JupyterLab; some minutes, on a quiet machine
	INMEM_BROWSER="$$($(BIN)/python -m scripts.ensure_browser)" $(BIN)/python -m tests.benchmarks.lab $(BENCH_OPTIONS)

wire: $(MODULES) $(VENV)/.dev ## generate the TypeScript types from inmem_widgets/wire
	$(NPM) run wire

build: $(VENV)/.dev $(BUNDLE) ## wheel and sdist, bundles inside
	$(BIN)/python -m build

format: $(VENV)/.dev ## let ruff set the layout
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

screenshots: $(VENV)/.dev $(BUNDLE) ## make the README's pictures from the real notebook
	INMEM_BROWSER="$$($(BIN)/python -m scripts.ensure_browser)" $(BIN)/python -m scripts.screenshots

clean: ## remove all that was built or installed here
	rm -rf $(VENV) $(STATIC) js/node_modules dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis

# --- set-up, each step behind a stamp -----------------------------------------------------------

$(VENV)/.made:
	python="$$(scripts/find_python)"; "$$python" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	touch $@

$(VENV)/.demo: pyproject.toml $(VENV)/.made
	$(BIN)/python -m pip install --quiet --editable '.[demo]'
	touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.made
	$(BIN)/python -m pip install --quiet --editable '.[demo]' --group dev
	touch $@ $(VENV)/.demo

$(MODULES): js/package.json js/package-lock.json
	scripts/ensure_node
	$(NPM) ci --no-audit --no-fund
	touch $@

$(BUNDLE): $(MODULES) $(JS_SOURCES)
	$(NPM) run build
	touch $@
