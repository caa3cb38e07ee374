# The portal's commands. `make` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# Each of our many processes would compile everything anew where the environment forbids to keep what was compiled.
unexport PYTHONDONTWRITEBYTECODE
RUN_FILES := requirements/base.txt requirements/simulation.txt
ALL_FILES := $(RUN_FILES) requirements/dev.txt
# The files name everything with its hash: nothing is left to resolve. uv does in seconds what takes pip a minute or two;
# where uv cannot be had, or an index is named in pip's own settings only, pip does it.
PIP := $(BIN)/python -m pip install --quiet --no-compile --no-deps --disable-pip-version-check --require-hashes
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes

.PHONY: help demo run test lint bench screenshots requirements clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/run.stamp: $(RUN_FILES)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing the portal into .venv ..."
	@$(PIP) -r requirements/install.txt 2>/dev/null || true
	@$(UV) $(addprefix -r ,$(RUN_FILES)) || $(PIP) $(addprefix -r ,$(RUN_FILES))
	@touch $@

.venv/all.stamp: $(ALL_FILES) .venv/run.stamp
	@echo "installing the test tools into .venv ..."
	@$(UV) $(addprefix -r ,$(ALL_FILES)) || $(PIP) $(addprefix -r ,$(ALL_FILES))
	@touch $@

demo: .venv/run.stamp ## play an attack, run all four phases, keep serving (ARGS=--exit: end after the summary)
	@$(BIN)/python -m simulation.demo $(ARGS)

run: .venv/run.stamp ## the portal without the demo
	@$(BIN)/python manage.py run $(ARGS)

test: .venv/all.stamp ## all tests, on SQLite and, where its server is installed, on PostgreSQL
	@$(BIN)/python -m tests $(ARGS)

lint: .venv/all.stamp ## ruff, mypy strict, import contracts, migrations, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/djade --target-version 5.2 --check $$(git ls-files 'templates/*.html')

bench: .venv/all.stamp ## benchmarks: ratios measured in one run
	@for bench in examine detect large quiet copy image; do $(BIN)/python -m benchmarks.$$bench || exit 1; done

screenshots: .venv/all.stamp ## take the pictures in docs/screenshots anew, from the demo
	@SCREENSHOTS=1 $(BIN)/python -m pytest tests/browser/demo/test_pages.py -k pictured

requirements: .venv/all.stamp ## compile the pinned requirement files anew
	@for name in install base simulation dev spark; do $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url \
		--no-emit-find-links --strip-extras --allow-unsafe -o requirements/$$name.txt requirements/$$name.in; done

clean: ## remove the environment and the demo's data
	rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache
