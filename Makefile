# `make demo` and `make test` do all set-up themselves; `make help` lists the rest.
VENV   := .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
DEV    := $(VENV)/.installed-dev
LOWEST := .venv-lowest

.DEFAULT_GOAL := help
.PHONY: help demo test check fix model docs site fuzz lowest clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/'

$(STAMP): pyproject.toml
	@echo "setting up $(VENV): a minute or two, once"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(DEV): $(STAMP)
	@echo "installing what tests and documents need: a minute or two, once"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[spark,train,verify,site]" --group dev
	@touch $@

demo: $(STAMP) ## score the sample inventory, print the outcome, write the report page
	@mkdir -p demo
	$(BIN)/whichcompute score data/inventories/sample.csv -o demo/scored.csv --report demo/report.html --force
	@echo "scored rows: demo/scored.csv    report page: demo/report.html (open it in a browser)"

test: $(DEV) ## run the tests
	$(BIN)/python -m pytest -n auto --dist loadgroup

check: $(DEV) ## lint, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: $(DEV) ## format and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

model: $(DEV) ## fit the shipped classifier anew and write its model card
	$(BIN)/whichcompute train --cases data/cases/decisions.csv --judgements data/judgements/judgements.csv --judgements data/cases/expert.csv --out models/default --force

docs: $(DEV) ## rewrite what the documents quote from the program
	$(BIN)/python docs/update.py

site: $(DEV) ## build the site of this version, site/VERSION, and the man page, site/man/whichcompute.1
	$(BIN)/sphinx-build --quiet --fail-on-warning --fresh-env -c docs -b html . \
		site/$$($(BIN)/python -c "from whichcompute.base.version import VERSION; print(VERSION)")
	$(BIN)/sphinx-build --quiet --fail-on-warning --fresh-env -c docs -b man . site/man

fuzz: $(DEV) ## feed every reader hostile input for some minutes
	$(BIN)/python benchmarks/fuzz.py --count 200000 --seed 1

lowest: ## run the tests with the oldest versions of all dependencies that pyproject.toml allows
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct -r pyproject.toml --all-extras --group dev
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --no-deps --editable .
	$(LOWEST)/bin/python -m pytest -n auto --dist loadgroup

clean: ## remove what set-up, tests and demo wrote
	rm -rf $(VENV) $(LOWEST) demo dist build site .pytest_cache .mypy_cache .ruff_cache .hypothesis
