# Two commands: `make run` shows today's queue of a believable company, `make test` passes the tests.
# Everything else is a part of them, or a convenience.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SERVE  ?= 1
JOBS   ?= 2

export OMP_WAIT_POLICY = passive

.DEFAULT_GOAL := help
.PHONY: help run test test-all setup lint types docs screenshots goldens lock bench clean

help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.ready-run  ## environment if missing, demo company, today's queue, then the desk (SERVE=0 stops after the queue)
	$(BIN)/payrisk demo $(if $(filter 0,$(SERVE)),--no-serve)

# JOBS processes side by side; a file's tests stay together, because they share what they train.
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

test: setup  ## the tests, JOBS=2 at a time; says which it left out (no PostgreSQL, no Chromium) and how to get them
	$(PYTEST)

test-all: setup  ## the same with 50 times the random ledgers for each law
	PAYRISK_TEST_EXAMPLES=50 $(PYTEST)

setup: $(VENV)/.ready-dev  ## the environment for tests, benchmarks and notebooks, in .venv

lint: setup  ## style, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: setup  ## write the generated pages again (docs/data-contract.md, docs/features.md, docs/reasons.md, docs/star-schema.md)
	$(BIN)/payrisk docs

PICTURED ?= data/pictured
screenshots: setup  ## the pictures of the documentation (docs/images), from a demo home of their own in data/
	test -f $(PICTURED)/demo.json || PAYRISK_HOME=$(PICTURED) $(BIN)/payrisk demo --no-serve
	PAYRISK_HOME=$(PICTURED) $(BIN)/python docs/screenshots.py

goldens: setup  ## keep the fragments of pages as they are drawn now (tests/golden); look at what git says before you commit it
	PAYRISK_RENEW_GOLDENS=1 $(BIN)/python -m pytest -q $$(grep -rl kept_as tests --include="test_*.py" | grep tests/web)

bench: setup  ## every benchmark, one table each
	@for file in $$(grep -l '^def main(' benchmarks/*.py); do echo "== $$file"; $(BIN)/python $$file || exit 1; done

LOCK = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'
lock:  ## resolve again (needs uv)
	$(LOCK) --extra train --extra build -o requirements/run.txt
	$(LOCK) --extra train --extra build --extra postgres --extra bench --extra dev -o requirements/dev.txt

clean:  ## forget environment and demo data
	rm -rf $(VENV) data

# The environment: hashed locks first, then the project itself, editable. The wish of a later
# target is a superset of the earlier one, so both stamps can stand side by side.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "payrisk needs Python 3.11 or newer; $(PYTHON) is older. Name another: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready-run: requirements/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.ready-run
