# GNU make and Python's venv are the only prerequisites; everything else goes into $(VENV).
# Another Python: make PYTHON=python3.13 VENV=.venv-3.13 test

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# One stamp for the pinned environment, one for the package in it.
PINNED := $(VENV)/.pinned
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: help
help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

.PHONY: install
install: $(READY)  ## make the environment in .venv

$(PINNED): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "amnesty needs Python 3.11 or later: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo "Python's venv is missing (on Debian: apt-get install python3-venv)" >&2; exit 1; }
	@echo "Installing the pinned packages into $(VENV) (a minute or two, this once)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(READY): $(PINNED) pyproject.toml hatch_build.py sim/custody/kernel/words.c
	@$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	@$(BIN)/python -c 'from sim.custody.kernel import state; print("Inner loops:", state)'
	@touch $@

# The recipe below is what the README shows; every line of it can be run by hand.
.PHONY: demo
demo: $(READY)  ## compare the shipped pardons on both worlds (results/demo, results/demo-70k)
	$(BIN)/amnesty compare scenarios/no-pardon.yaml scenarios/customary.yaml \
	    scenarios/2015-anniversary.yaml scenarios/2015-anniversary-few.yaml \
	    scenarios/2019-surprise.yaml scenarios/2020-anniversary.yaml \
	    --baseline no-pardon --baseline customary --align 2020-10-09 \
	    --replications 20 --seed 2020 --assumptions 5 --out results/demo >/dev/null
	$(BIN)/amnesty compare scenarios/no-pardon.yaml scenarios/customary.yaml \
	    scenarios/2020-anniversary.yaml --world scenarios/dprk-70k.yaml \
	    --baseline no-pardon --baseline customary --align 2020-10-09 \
	    --replications 5 --seed 2020 --out results/demo-70k >/dev/null
	@$(BIN)/amnesty table results/demo effects
	@$(BIN)/amnesty table results/demo-70k effects
	@$(BIN)/amnesty waterfall results/demo --scenario 2020-anniversary
	@echo
	@$(BIN)/amnesty table results/demo rests-on

.PHONY: results
results: $(READY)  ## the published study, its tables, figures and paper, all made again (results/)
	AMNESTY=$(BIN)/amnesty results/make

.PHONY: paper
paper: $(READY)  ## the paper from the published tables and figures (needs TeX)
	AMNESTY=$(BIN)/amnesty results/make paper

.PHONY: test
test: $(READY)  ## quick tests
	$(BIN)/pytest

.PHONY: test-slow
test-slow: $(READY)  ## full oracle, statistics, back tests
	$(BIN)/pytest -m slow

.PHONY: check
check: lint check-docs  ## style, types, layers, scenario files, code blocks of the documents

.PHONY: lint
lint: $(READY)  ## the part of check that runs no simulation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict -p sim
	$(BIN)/lint-imports --no-logo
	$(BIN)/yamllint --strict scenarios

.PHONY: check-docs
check-docs: $(READY)  ## run every code block of README.md and docs/
	$(BIN)/pytest -m docs --dist load tests/docs

.PHONY: bench
bench: $(READY)  ## time everything beside its yardsticks; ratios, a few minutes
	$(BIN)/python -m tests.bench

.PHONY: bench-huge
bench-huge: $(READY)  ## the world's prisoners, ten million held, a study (minutes and 4 GB)
	$(BIN)/python -m tests.bench --huge

.PHONY: bench-short
bench-short: $(READY)  ## fail if 20,000 held are not at least 30 times as fast as *interrupts*
	$(BIN)/python -m tests.bench --short

.PHONY: mutants
mutants: $(READY)  ## change the law of the engine 300 times at random, and see who notices (an hour)
	$(BIN)/python -m tests.mutants

.PHONY: format
format: $(READY)  ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: lock
lock:  ## pin the newest versions that still fit (needs uv; LOCK_FLAGS=--upgrade for all)
	uv pip compile pyproject.toml --extra test --python-version 3.11 --universal \
	    --fork-strategy fewest --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" $(LOCK_FLAGS) --output-file requirements.txt

.PHONY: clean
clean:  ## remove the environment, caches and builds (results stay)
	rm -rf $(VENV) build dist sim/custody/kernel/*.so .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find sim tests -name __pycache__ -type d -prune -exec rm -rf {} +
