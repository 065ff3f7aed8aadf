# make run and make test set up everything they need, on a fresh machine too.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= results/competition

.PHONY: run test lint benchmark clean

run: $(VENV)/installed
	$(BIN)/tokenmarket run baseline --out results/baseline
	$(BIN)/tokenmarket batch competition --replications 4 --workers 2 --out $(OUT) --resume
	$(BIN)/tokenmarket report $(OUT)

test: $(VENV)/installed-dev lint
	$(BIN)/pytest

lint: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

benchmark: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.choice
	$(BIN)/python -m benchmarks.rounds
	$(BIN)/python -m benchmarks.batch

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable ".[dev,cluster]"
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) results build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
