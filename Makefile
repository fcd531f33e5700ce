# make demo   set everything up and audit the shipped sample recordings
# make test   set everything up and run every check and test
# make bench  print how fast the parts are beside others; BENCH=full takes the sizes that count
# make corpus-report   what the labelled calls are made of, in figures and ids
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= demo-out

.PHONY: help setup demo test lint bench samples corpus-report lock clean

help:
	@sed -n 's/^# //p' Makefile

setup: $(VENV)/.ready

# The lock file pins every package by hash; the project itself is installed editable.
$(VENV)/.ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..." >&2; exit 2; }
	@.ci/system-packages venv
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

demo: setup
	$(BIN)/auditor run auditor/samples --model demo --out $(OUT) || test $$? -eq 3

test: setup
	@.ci/system-packages test
	$(BIN)/python -m pytest -q

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	@.ci/system-packages samples
	$(BIN)/python tests/benchmarks $(if $(filter full,$(BENCH)),--full)

samples: setup
	@.ci/system-packages samples
	$(BIN)/python -m auditor.voice.samples

corpus-report: setup
	$(BIN)/python -m auditor.evaluate.corpusreport models/corpus

lock:
	uv pip compile pyproject.toml --group dev --extra cluster --extra notebooks --extra postgres --universal --python-version 3.11 \
	  --generate-hashes --no-header --quiet --upgrade --output-file requirements.txt

clean:
	rm -rf $(VENV) $(OUT) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
