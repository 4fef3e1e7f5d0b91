# What a person does with a clone. Everything runs in .venv, which `make` fills from requirements.lock.
.DEFAULT_GOAL := help
VENV := .venv
READY := $(VENV)/.ready
BENCH := .venv-bench
TESTS ?= tests

.PHONY: help demo test soak check format bench bench-map lock clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 10

$(READY): requirements.lock pyproject.toml scripts/set-up
	@scripts/set-up $(VENV)

demo: $(READY) ## a made-up practice of 500 patients, moved into a stand-in for Twenty, verified, taken back
	@rm -rf demo
	@$(VENV)/bin/bridgework demo --folder demo

test: $(READY) ## every test but the measurements
	@$(VENV)/bin/python -m pytest -m "not bench" -n auto --dist loadfile $(TESTS)

soak: $(READY) ## 2,000 sequences of load, edits, kills, passes, retries and rollbacks in any order: about an hour
	@BRIDGEWORK_SEQUENCES=2000 $(VENV)/bin/python -m pytest -n auto --dist load tests/chaos/test_any_order.py

check: $(READY) ## lint, formatting, types, and who may import whom
	@$(VENV)/bin/ruff check src tests
	@$(VENV)/bin/ruff format --check src tests
	@$(VENV)/bin/mypy --strict
	@$(VENV)/bin/lint-imports --no-logo

format: $(READY) ## put the code in the one layout, with the safe lint fixes
	@$(VENV)/bin/ruff check --fix src tests
	@$(VENV)/bin/ruff format src tests

bench: $(READY) ## measure four rates, kills, rollbacks and memory against the twin
	@$(VENV)/bin/python -m tests.bench

$(BENCH)/.bench-ready: requirements.lock requirements-bench.lock pyproject.toml scripts/set-up
	@scripts/set-up $(BENCH)
	@echo "*" > $(BENCH)/.gitignore
	@echo "Installing what requirements-bench.lock names"
	@$(BENCH)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

bench-map: $(BENCH)/.bench-ready ## measure how well the map is proposed, beside rapidfuzz and COMA
	@$(BENCH)/bin/python -m tests.bench.mapping report

lock: $(READY) ## renew requirements.lock from pyproject.toml, and requirements-bench.lock beside it
	@$(VENV)/bin/pip install --quiet uv
	@$(VENV)/bin/uv pip compile pyproject.toml --extra twins --extra model --group dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements.lock
	@$(VENV)/bin/uv pip compile --group bench-map --constraint requirements.lock --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements-bench.lock

clean: ## remove what `make` made, and leave every migration folder alone
	@rm -rf $(VENV) $(BENCH) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests -type d -name __pycache__ -prune -exec rm -rf {} +
