# make run and make test set up everything they need, on a fresh machine too.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= results/competition

.PHONY: run test test-browser lint benchmark chromium clean

run: $(VENV)/installed
	$(BIN)/tokenmarket run baseline --out results/baseline
	$(BIN)/tokenmarket batch competition --replications 4 --workers 2 --out $(OUT) --resume
	$(BIN)/tokenmarket report $(OUT)

test: $(VENV)/installed-dev chromium lint
	$(BIN)/pytest

test-browser: $(VENV)/installed-dev chromium
	$(BIN)/pytest tests/browser

lint: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

benchmark: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable ".[dev,cluster,server]"
	@touch $@ $(VENV)/installed

# Debian's chromium; elsewhere install any chromium or chrome that is found under one of these names.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || { apt-get update -qq && apt-get install -y -qq chromium; }

clean:
	rm -rf $(VENV) results build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
