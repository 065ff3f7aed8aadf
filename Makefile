# make run and make test set up everything they need, on a fresh machine too.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOWEST := build/lowest
OUT ?= results/competition
REPLICATIONS ?= 4
# The tests of a file stay in one process. More than four processes wait for each other's browsers and workers.
SHARED := -n auto --maxprocesses 4 --dist loadgroup

.PHONY: run test nightly test-lowest test-browser chromium lint benchmark clean

run: $(VENV)/installed
	$(BIN)/tokenmarket run baseline --out results/baseline --overwrite
	$(BIN)/tokenmarket batch competition --replications $(REPLICATIONS) --workers 2 --out $(OUT) --resume
	$(BIN)/tokenmarket report $(OUT)

test: $(VENV)/installed-dev lint chromium
	$(BIN)/pytest $(SHARED)

# Twenty thousand scenarios drawn from the declarations, and the largest markets there can be, hours; and the oldest libraries.
nightly: $(VENV)/installed-dev test-lowest
	ANY_SCENARIOS=20000 $(BIN)/pytest $(SHARED) tests/properties/test_any_scenario.py tests/properties/test_long_and_large.py

# With the lowest versions that pyproject.toml allows, and nothing that warns. Newest libraries are for make test.
test-lowest: chromium
	$(PYTHON) -m venv $(LOWEST)/uv
	$(LOWEST)/uv/bin/pip install --quiet --upgrade uv
	$(LOWEST)/uv/bin/uv venv --quiet --clear --python 3.11 $(LOWEST)/venv
	$(LOWEST)/uv/bin/uv pip install --quiet --python $(LOWEST)/venv --compile-bytecode --resolution lowest-direct \
	  --editable ".[dev,cluster,server,prices]"
	ANY_SCENARIOS=50 $(LOWEST)/venv/bin/pytest $(SHARED) -m "not slow" --ignore tests/docs --ignore tests/browser
	$(LOWEST)/venv/bin/pytest tests/browser/test_safety.py

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
	$(BIN)/python -m benchmarks.menus
	$(BIN)/python -m benchmarks.large
	$(BIN)/python -m benchmarks.equilibrium
	$(BIN)/python -m benchmarks.batch

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable ".[dev,cluster,server,prices]"
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) results build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
