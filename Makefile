# Every target does its own set-up. python3 >= 3.11, make and pip (or uv) are all a machine needs.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
HOME_DIR ?= data
MAKEFLAGS += --no-print-directory

.PHONY: run test lint ui bench clean setup

run: setup
	@$(BIN)/trialmart run --home $(HOME_DIR)

test: lint
	@$(BIN)/python -m pytest -n 2 --dist loadfile -q

lint: setup
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy

ui: setup
	@$(BIN)/python -m dagster_project.ui --home $(HOME_DIR)

bench: setup
	@$(BIN)/python -m benchmarks

clean:
	rm -rf .venv data build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup: $(STAMP)

# Installs once; again when a dependency changes. uv where it is installed, else pip. Bytecode is compiled now so that no run pays for it.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "trialmart needs Python 3.11 or later: make PYTHON=python3.12")'
	@echo "Setting up .venv (once, about a minute)"
	@if command -v uv >/dev/null 2>&1; then \
	  { test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) .venv; } && \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[dev]'; \
	else \
	  { test -x $(BIN)/python || $(PYTHON) -m venv .venv; } && \
	  env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'; \
	fi
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q trialmart schemas assets dagster_project
	@touch $@
