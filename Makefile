# Rasid. `make` lists the targets. Two that a new machine needs: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint run bench lock real pictures clean chaos soak fuzz audit

PYTHON ?= python3
UV := uv==0.13.9
BIN := .venv/bin

help: ## list the targets
	@grep -hE '^[a-z%-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# Debian's python3 has no ensurepip: the environment is made without pip, and the machine's pip installs uv into it.
# Where uv cannot be had, pip does the same job in half a minute.
.venv/.stamp: requirements.lock pyproject.toml
	@echo "Setting up .venv (once) ..."
	@rm -rf .venv
	@$(PYTHON) -m venv --without-pip .venv
	@export PIP_DISABLE_PIP_VERSION_CHECK=1; \
	 { $(PYTHON) -m pip --python $(BIN)/python install -q $(UV) \
	   && $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock \
	   && $(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e . ; } \
	 || { echo "uv could not do it; trying pip (slower)"; \
	      $(PYTHON) -m pip --python $(BIN)/python install -q --require-hashes -r requirements.lock \
	      && $(PYTHON) -m pip --python $(BIN)/python install -q --no-deps --no-build-isolation -e . ; }
	@touch $@

setup: .venv/.stamp ## make the environment in .venv

demo: setup ## run the main job on the bundled newsroom: a whole pass, then the digest
	@$(BIN)/python -m tests.newsroom.demo

test: setup ## run the tests
	@$(BIN)/python -m pytest -n auto --dist loadfile

lint: setup ## ruff, mypy, the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

run: setup ## run the service with config/ (set contact: in config/settings.yaml first)
	@$(BIN)/rasid run

real: setup ## a whole pass over real pages on loopback, where ../shared/data is at hand
	@$(BIN)/python -m tests.benchmarks.real

bench: setup ## every benchmark, each beside the obvious alternative
	@$(BIN)/python -m tests.benchmarks

bench-%: setup ## one of them: bench-read, bench-watch, bench-same, bench-store ...
	@$(BIN)/python -m tests.benchmarks $*

chaos: setup ## passes struck by faults, and what must be true all the same: make chaos N=200 SEED=7
	@$(BIN)/python -m tests.chaos --runs $(or $(N),40) $(if $(SEED),--seed $(SEED))

soak: setup ## does it grow with age? 5,000 ticks, and 300 real passes over a press that keeps publishing
	@$(BIN)/python -m tests.load.soak --ticks $(or $(TICKS),5000) --passes $(or $(PASSES),300)

fuzz: setup ## every parser of bytes from outside, led by what code it reaches: make fuzz SECONDS=600
	@$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),20)

audit: setup ## known holes in what requirements.lock pins, where the database of them can be reached
	@.ci/audit

pictures: setup ## make docs/digest.png again from the demo's digest (needs Debian's chromium)
	@$(BIN)/python -m docs.pictures

LOCKING := $(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --extra cluster --no-header --no-emit-index-url

lock: setup ## resolve the dependencies again: all of them, and of those what a container needs
	@$(LOCKING) --extra dev --upgrade -o requirements.lock pyproject.toml
	@echo 'hatchling' | $(LOCKING) --no-annotate -c requirements.lock -o packaging/requirements.lock pyproject.toml -

clean: ## remove the environment and what runs left behind
	@rm -rf .venv var .mypy_cache .ruff_cache .import_linter_cache
