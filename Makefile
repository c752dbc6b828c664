# The one door. Two commands are enough for a newcomer: `make run` and `make test`.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Any Python >= 3.11 will do: make PYTHON=/usr/bin/python3.12 run
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8765
DATA ?= var
# Processes for the tests, one more than cores because they often wait for a browser or a service;
# each of them loads the model.
JOBS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$(( n > 4 ? 5 : n + 1 )))
PYTEST_ARGS ?=
BENCH_ARGS ?=
AUDIT_ARGS ?=
FUZZ_EXAMPLES ?= 500
CHAOS_ARGS ?=
LOAD_ARGS ?=
PAGES_ARGS ?=
SLOW_ARGS ?=
EFFORT_ARGS ?=
LOCK_ARGS ?=
BASE ?=
BUILDER ?= podman
IMAGE_ARGS ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help run test check score bench chaos load pages slow effort pictures fuzz sbom lock offline image format docs clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/installed ## Start the service with sample letters on http://127.0.0.1:8765
	@echo "Starting on http://$(HOST):$(PORT) with data in ./$(DATA). The sign-in link follows; stop with Ctrl-C."
	@exec $(BIN)/anonymizer-service serve --sample --host $(HOST) --port $(PORT) --data $(DATA)

test: $(VENV)/installed-for-tests ## Install what the tests need, run every check and every test
	@.ci/system-packages
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

check: $(VENV)/installed-for-tests ## Format, lint, types, imports, corpus, licences, vulnerabilities (AUDIT_ARGS=--strict: fails offline)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m corpus check
	$(BIN)/python -m tests.supply licences
	$(BIN)/python -m tests.supply audit $(AUDIT_ARGS)

score: $(VENV)/installed-for-tests ## Measure recall and over-redaction on the marked letters
	@for lang in en de nl fr pl es; do \
	  $(BIN)/python -m corpus score --lang $$lang --floor corpus/floors.toml; \
	done

bench: $(VENV)/installed-for-bench ## Compare with other tools; BENCH_ARGS=--all measures speed, length, disguises
	$(BIN)/python -m corpus bench $(BENCH_ARGS)

chaos: $(VENV)/installed-for-tests ## Kill the service's processes while letters go through; CHAOS_ARGS="--letters 20000 --kills 1000"
	$(BIN)/python -m tests.chaos $(CHAOS_ARGS)

load: $(VENV)/installed-for-tests ## Measure a busy registry; LOAD_ARGS="--backlog 10000 --seconds 600"
	$(BIN)/python -m tests.chaos.load $(LOAD_ARGS)

pages: $(VENV)/installed-for-tests ## Measure the pages of a full store; PAGES_ARGS="--letters 10000"
	$(BIN)/python -m tests.chaos.pages $(PAGES_ARGS)

slow: $(VENV)/installed-for-tests ## Let 200 clients dribble at the shipped proxy while others work; SLOW_ARGS="--seconds 60"
	$(BIN)/python -m tests.chaos.slow $(SLOW_ARGS)

effort: $(VENV)/installed-for-tests ## Count what a proofreader has to do for a letter; EFFORT_ARGS="--letters 40"
	$(BIN)/python -m tests.effort $(EFFORT_ARGS)

pictures: $(VENV)/installed-for-tests ## Make the pictures of the documentation anew (docs/guide/images)
	$(BIN)/python -m tests.screenshots

fuzz: $(VENV)/installed-for-tests ## Ask the interface generated requests, 500 for each operation; FUZZ_SEED=1 repeats a run
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/python -m pytest -p no:xdist -rP tests/web/test_api_fuzz.py

sbom: $(VENV)/installed-for-tests ## Write the libraries, models and rules of this tree to dist/sbom.cdx.json
	$(BIN)/python -m tests.supply sbom dist/sbom.cdx.json

lock: | $(BIN)/python ## Write requirements/ anew after a change of pyproject.toml; LOCK_ARGS=--upgrade takes newer versions
	@.ci/lock $(PYTHON) $(LOCK_ARGS)

offline: | $(BIN)/python ## Fetch every library by its hash, then install and start the service without an index
	@.ci/offline $(PYTHON)

# Podman and Buildah leave the health check out of an image in their own format; Docker ignores the variable.
image: ## Build the container image; BASE=NAME@sha256:... is what you have checked, BUILDER=docker takes Docker
	@[ -n '$(BASE)' ] || { echo 'Name the image to build on by its digest: make image BASE=NAME@sha256:... (docs/operate/deploy/README.md)' >&2; exit 2; }
	BUILDAH_FORMAT=docker $(BUILDER) build --build-arg BASE='$(BASE)' --tag letters \
	  --file docs/operate/deploy/Containerfile $(IMAGE_ARGS) .

format: $(VENV)/installed-for-tests ## Format the code and apply safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/installed-for-tests ## Rewrite the generated parts of docs/reference
	$(BIN)/python docs/generate.py

clean: ## Remove the virtual environment and caches (never ./var)
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@.ci/make-venv $(PYTHON) $(VENV)

# Every library in the version and with the hash of the list: what was tested is what is installed.
$(VENV)/installed: pyproject.toml requirements/service.txt | $(BIN)/python
	@echo "Installing the package and its libraries into $(VENV) ..."
	@.ci/install $(BIN)/python requirements/service.txt
	@touch $@

$(VENV)/installed-for-tests: pyproject.toml requirements/tests.txt | $(BIN)/python
	@echo "Installing the package, its libraries and the test tools into $(VENV) ..."
	@.ci/install $(BIN)/python requirements/tests.txt
	@touch $@ $(VENV)/installed

$(VENV)/installed-for-bench: pyproject.toml | $(BIN)/python
	@echo "Installing the package, its libraries and the tools to compare with into $(VENV) ..."
	@$(PIP) install --quiet --editable '.[bench]'
	@touch $@ $(VENV)/installed
