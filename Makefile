# make run and make test set up everything they need, on a fresh machine too.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= results/competition

.PHONY: run test nightly test-browser chromium lint benchmark clean

run: $(VENV)/installed
	$(BIN)/tokenmarket run baseline --out results/baseline --overwrite
	$(BIN)/tokenmarket batch competition --replications 4 --workers 2 --out $(OUT) --resume
	$(BIN)/tokenmarket report $(OUT)

test: $(VENV)/installed-dev lint chromium
	$(BIN)/pytest

# Twenty thousand scenarios drawn from the declarations; hours.
nightly: $(VENV)/installed-dev
	ANY_SCENARIOS=20000 $(BIN)/pytest tests/properties/test_any_scenario.py

# Screenshots of every tab are left in results/screens.
test-browser: $(VENV)/installed-dev chromium
	$(BIN)/pytest tests/browser

chromium:
	@command -v chromium >/dev/null || { \
	  as_root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -qq --yes --no-install-recommends chromium fonts-dejavu-core; }

lint: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

benchmark: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.choice
	$(BIN)/python -m benchmarks.rounds
	$(BIN)/python -m benchmarks.equilibrium
	$(BIN)/python -m benchmarks.batch

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable ".[dev,cluster,server]"
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) results build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
