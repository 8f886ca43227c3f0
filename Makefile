# docgen: every step on a machine that has Python 3.11 (venv), make and a package index.
PYTHON ?= python3
VENV   := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
RUN := $(BIN)/python

.PHONY: env demo test kill kill-store kill-intake intake-campaign postgres backup-campaign adopt-campaign catalogue-campaign ci lint types imports lock templates clean oracle press-fuzz press-campaign

env: $(VENV)/.ready ## make .venv from the lock file; nothing to do when it is up to date

$(VENV)/.ready: locks/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(RUN) -c "import pathlib; pathlib.Path('$(VENV)/.ready').touch()"

demo: env ## the whole loop on a fictitious town
	$(RUN) -m docgen.demo

test: env lint types imports ## everything CI runs
	$(RUN) -m pytest -n 2 -q

kill: export DOCGEN_KILLS := 200
kill: env ## a clerk at work killed two hundred times, in about ten minutes
	$(RUN) -m pytest -q -m kill tests/docgen/workspace

kill-intake: export DOCGEN_KILLS := 200
kill-intake: env ## the intake of fifty pages killed two hundred times, in about twenty minutes
	$(RUN) -m pytest -q -m kill tests/docgen/workspace/test_killed_intake.py

intake-campaign: env ## 100,000 page reads made to be misfiled; two to three hours of one core, goes on where it stopped
	OPENBLAS_NUM_THREADS=1 $(RUN) -m bench.intake_campaign --reads 100000 --state build/intake-campaign.json

kill-store: export DOCGEN_KILLS := 200
kill-store: export DOCGEN_TORN := 50
kill-store: env ## store, registry and index killed two hundred times and damaged in fifty files
	$(RUN) -m pytest -q -n 0 -m kill tests/archive/test_campaign.py

backup-campaign: env ## backup, restore, check and repair with 100,000 papers; takes an hour, needs 15 GB
	$(RUN) -m bench.safety --size 100000 --json

adopt-campaign: env ## 100,000 old scans taken over, killed half way and resumed; half an hour to an hour
	$(RUN) -m bench.adopt --size 100000 --json

catalogue-campaign: env ## every form for 200 children of the sample town, in about ten minutes; fails on one fault
	$(RUN) -m bench.catalogue --json --show --jobs 2

postgres: env ## the registry's tests on PostgreSQL (Debian's, in a temporary folder)
	$(RUN) .ci/postgres.py

oracle: env ## the press beside LibreOffice and PDFBox Preflight (installs them where it may)
	$(RUN) .ci/oracle.py

press-fuzz: env ## all of GB 18030 and hostile values: every character drawn and read again, or refused
	$(RUN) -m bench.characters

press-campaign: env ## documents made at random beside LibreOffice: 500 of each kind, in about ten minutes
	$(RUN) -m bench.random_documents --documents 500 --json

ci: test postgres ## what .ci/run calls: the tests, then the built wheel in an empty environment
	$(RUN) .ci/wheel.py

lint: env
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: env
	$(RUN) -m mypy

imports: env
	$(BIN)/lint-imports

templates: env ## build the docx templates again from templates/source
	$(RUN) -m docgen.engine.source

lock: ## write the lock files again (needs uv on the PATH)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o locks/runtime.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --group dev -c locks/runtime.txt -o locks/dev.txt

clean:
	$(PYTHON) -c "import shutil; shutil.rmtree('$(VENV)', ignore_errors=True)"
