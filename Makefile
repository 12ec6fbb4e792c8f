# `make test` passes the tests, `make try` runs the main job in memory, `make demo` on a real ERPNext.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: test try demo lint pure site browser clean

test: lint
	$(BIN)/python dev/run_tests.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

pure: $(READY)
	$(BIN)/pytest

site: $(READY)
	$(BIN)/python dev/run_tests.py --site

browser: $(READY)
	$(BIN)/python dev/run_tests.py --browser

try: $(READY)
	$(BIN)/python -m sales_order_ext.scenario scenarios/quote_to_cash.toml

demo: $(READY)
	$(BIN)/python dev/demo.py

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) .coverage .coverage.* .hypothesis .pytest_cache .ruff_cache
