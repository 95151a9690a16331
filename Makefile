# Waymark's commands. `make demo` and `make test` do all their own set-up; run `make` alone to see the rest.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PORT ?= 8000
ADDRESS ?= 127.0.0.1
WORKERS ?= 2
SCALE ?= 10k
TESTS ?= tests
SHOTS ?= tests/journeys tests/reporting

VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m config.embedded run --stop --
BUILT := ui/static/ui/build
FRONT_END := package.json package-lock.json $(shell find frontend -type f 2>/dev/null)
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet

.PHONY: help demo test bench lock lint shots up down status clean

help:
	@echo "make demo     serve Waymark with an invented partnership (PORT=$(PORT))"
	@echo "make test     check the code and run every test (TESTS=$(TESTS) WORKERS=$(WORKERS))"
	@echo "make bench    measure, side by side with plain SQL (SCALE=1k, 10k or 100k)"
	@echo "make shots    pictures of the pages into screenshots/, taken by the journeys (SHOTS=$(SHOTS))"
	@echo "make lint     the checks of make test that need no database"
	@echo "make lock     resolve the locked dependencies again"
	@echo "make up, make down, make status     the embedded PostgreSQL and Valkey"
	@echo "make clean    remove what the set-up made, but not the data"

demo: $(VENV)/.demo $(BUILT)/.made
	@$(BIN)/python -m config.machine pango || echo "Going on without: everything works but downloading PDFs." >&2
	@exec env PORT="$(PORT)" ADDRESS="$(ADDRESS)" $(BIN)/python -m config.demo

test: $(VENV)/.dev $(BUILT)/.made
	@$(BIN)/python -m config.machine pango browser
	@$(MAKE) --no-print-directory lint
	@WAYMARK_MODE=test $(RUN) sh -c '$(BIN)/python manage.py makemigrations --check --dry-run && $(BIN)/pytest -n $(WORKERS) --dist worksteal $(TESTS)'

lint: $(VENV)/.dev
	@$(BIN)/lint-imports
	@$(BIN)/ruff check .

bench: $(VENV)/.dev $(BUILT)/.made
	@$(BIN)/python -m config.machine pango
	@SCALE="$(SCALE)" $(RUN) $(BIN)/python -m bench

shots: $(VENV)/.dev $(BUILT)/.made
	@$(BIN)/python -m config.machine pango browser
	@WAYMARK_MODE=test WAYMARK_SHOTS=1 $(RUN) $(BIN)/pytest -n $(WORKERS) --dist worksteal $(SHOTS)

lock: $(VENV)/.dev
	$(LOCK) --upgrade --extra demo --extra dev pyproject.toml -o requirements/dev.txt
	$(LOCK) --extra demo -c requirements/dev.txt pyproject.toml -o requirements/demo.txt
	$(LOCK) -c requirements/dev.txt pyproject.toml -o requirements/app.txt

up down status: $(VENV)/.demo
	@$(BIN)/python -m config.embedded $@

clean:
	rm -rf $(VENV) node_modules $(BUILT) staticfiles

# --- The set-up: each step leaves a mark, and is done again only when what it was made from has changed.

# A virtual environment knows where it stands, so one that was moved with its checkout is made again.
ifneq ($(shell cat $(VENV)/.made 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/.made
endif
$(VENV)/.made:
	@sh .ci/make-venv $(VENV)
	@echo "$(CURDIR)" > $@

$(VENV)/.demo: $(VENV)/.made requirements/demo.txt
	@echo "Installing what Waymark is made of ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.made requirements/dev.txt
	@echo "Installing what Waymark is made of and tested with ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@ $(VENV)/.demo

# Node is the machine's where it is new enough, else the wheel's (which stands in the same folder as our Python).
$(BUILT)/.made: $(FRONT_END) | $(VENV)/.made
	@test -e $(VENV)/.demo || $(MAKE) --no-print-directory $(VENV)/.demo
	@echo "Compiling the front end ..."
	@sh .ci/with-node npm ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@sh .ci/with-node npm run --silent build
	@mkdir -p $(BUILT) && touch $@
