# `make demo` shows the sample shop, `make test` runs every test. Python 3.11 or newer is all they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8700

.DEFAULT_GOAL := help
.PHONY: help demo test setup check bench lock audit base-image clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

demo: $(VENV)/.runtime ## Index the sample shop and serve it on http://127.0.0.1:8700 (PORT=… for another)
	$(BIN)/shangsou demo --port $(PORT)

setup: $(VENV)/.all ## Install everything, with torch, into .venv, and fetch the model
	$(BIN)/shangsou model fetch

# Keeps what Python compiled, also where the shell says not to: 12 s of processor time in each test process, and
# more in the hundred programs that tests start.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/.all ## Run all tests
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

check: $(VENV)/.all ## Lint, names, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python .ci/check_names.py
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.all ## Measure, on ../shared/data (slow)
	$(BIN)/python -m benchmarks

lock: ## Write versions and hashes of all dependencies into requirements/ anew
	.ci/lock

audit: ## Look these versions up in the advisories of PyPI
	.ci/audit

base-image: ## Pin the image that docker/Dockerfile builds on by its digest (not tried: it needs a registry)
	docker buildx imagetools inspect python:3.12-slim --format 'python:3.12-slim@{{.Manifest.Digest}}' > docker/base-image
	@echo "build with --build-arg BASE=$$(cat docker/base-image)"

clean: ## Remove the environment and what tools left behind
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.runtime: setup.cfg pyproject.toml requirements/runtime.txt
	sh .ci/install $(PYTHON) $(VENV) ''
	touch $@

$(VENV)/.all: setup.cfg pyproject.toml requirements/all.txt
	sh .ci/install $(PYTHON) $(VENV) all
	touch $@ $(VENV)/.runtime
