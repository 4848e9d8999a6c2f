# The two commands: `make graph` builds the graph, `make test` runs the tests; each sets up all it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: graph test lint bench tidy clean

graph: $(READY)
	$(BIN)/python build_graph.py

test: $(VENV)/ready-dev
	$(BIN)/python -m pytest

lint: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/kg tidy --check

bench: $(VENV)/ready-dev
	$(BIN)/python benchmarks/build.py

tidy: $(READY)
	$(BIN)/kg tidy

clean:
	rm -rf build $(VENV)

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try: make PYTHON=python3.11 graph")'
	$(PYTHON) -m venv $(VENV)

$(READY): $(BIN)/python pyproject.toml constraints.txt
	$(PIP) -c constraints.txt -e .
	touch $@

$(VENV)/ready-dev: $(READY)
	$(PIP) -c constraints.txt -e '.[dev]'
	touch $@
