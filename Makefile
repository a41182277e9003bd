# Everything a person does with this project. `make` alone lists it.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
# As the API reads it: the environment, then .env
ARTIFACTS := $(or $(ARTIFACTS_DIR),$(shell sed -n 's/^ARTIFACTS_DIR=//p' .env 2>/dev/null),artifacts)
# Histories that are learned from beside the database, e.g. make retrain DATA="Last.fm_data.csv more.zip"
DATA ?=
# Options for python main.py, e.g. make train OPTIONS="--data listens.csv --trials 50"
OPTIONS ?=
# The first Python that is new enough; name another with make PYTHON=…
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

APP := spotify-redux-fe
# Whether there is a Node that the app can be built with
NODE := $(shell node -p 'const [a, b] = process.versions.node.split("."); a > 20 || (a == 20 && b >= 19) ? "yes" : ""' 2>/dev/null)

# Processes of the test suite: three for two cores, for tests wait for the servers they start
PROCESSES ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$(( n > 3 ? 6 : (n * 3 + 1) / 2 )))

.DEFAULT_GOAL := help
.PHONY: help run train index retrain serve app test nightly check format lock openapi lintopenapi clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

run: $(ARTIFACTS)/current  ## install, train, index and build the web app where that was not done yet, and serve
	@$(if $(NODE),$(MAKE) --no-print-directory app || echo "The web app was not built; the API is served without it.",:)
	@$(MAKE) --no-print-directory serve

train: $(VENV)/run.installed  ## learn from listening history: artifacts/<version>/best_model.pkl
	$(BIN)/python main.py $(OPTIONS)

index: $(VENV)/run.installed  ## build the index over the newest model and activate the set
	$(BIN)/python build_vector_db.py

retrain: $(VENV)/run.installed  ## learn again, from what listeners played (and from DATA=files), and let it serve
	$(BIN)/python main.py --database $(if $(DATA),--data $(DATA)) $(OPTIONS)
	$(BIN)/python build_vector_db.py

serve: $(VENV)/run.installed  ## serve the active set at http://HOST:PORT
	@echo "Spotify Redux: http://$(subst 0.0.0.0,localhost,$(subst 127.0.0.1,localhost,$(HOST))):$(PORT)  (API: /docs, stop with Ctrl-C)"
	@$(BIN)/uvicorn api:app --host $(HOST) --port $(PORT) --timeout-keep-alive 75

app: $(APP)/dist/index.html  ## build the web app that the API serves at /; needs Node 20.19 or newer

test: $(VENV)/dev.installed $(if $(NODE)$(CI),app)  ## install what the tests need and run them all; the app's too where Node is
	$(if $(NODE)$(CI),cd $(APP) && npm run --silent check)
	$(BIN)/python -m pytest -n $(PROCESSES) --dist worksteal

nightly: $(VENV)/dev.installed app  ## run every test, the slow ones as well, and print which lines none reaches
	$(BIN)/python -m pytest -n $(PROCESSES) --dist worksteal -m "nightly or not nightly" --timeout 3600 \
		--cov --cov-report=term:skip-covered

check: $(VENV)/dev.installed  ## format, lint and types, without changing anything
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

format: $(VENV)/dev.installed  ## put every file into our format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/dev.installed  ## pin all requirements files again
	for name in requirements requirements-serve requirements-spark requirements-dev requirements-bench; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links \
			$$name.in -o $$name.txt || exit 1; done

openapi: $(VENV)/run.installed  ## write docs/openapi.json again, after the API has changed
	$(BIN)/python api.py > docs/openapi.json
	$(if $(NODE),$(MAKE) --no-print-directory $(APP)/node_modules/.installed && cd $(APP) && npm run --silent api)

lintopenapi:  ## lint docs/openapi.json, and compile a TypeScript client of it, where Node is installed
	npx --yes @redocly/cli@2 lint docs/openapi.json
	folder=$$(mktemp -d) && npx --yes openapi-typescript@7 docs/openapi.json -o $$folder/client.d.ts \
		&& npx --yes --package typescript@5 tsc --strict --noEmit $$folder/client.d.ts \
		&& ! grep -nE ':.*\bany\b' $$folder/client.d.ts | grep -v '\*'; done=$$?; rm -rf $$folder; exit $$done

clean:  ## remove what can be made again; your database and artifacts stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis $(APP)/node_modules $(APP)/dist $(APP)/.expo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(ARTIFACTS)/current: | $(VENV)/run.installed
	$(BIN)/python main.py $(OPTIONS)
	$(BIN)/python build_vector_db.py

$(APP)/node_modules/.installed: $(APP)/package.json $(APP)/package-lock.json
	@echo "Installing the app's libraries into $(APP)/node_modules (a minute or two) …"
	@cd $(APP) && npm ci --silent --no-audit --no-fund
	@touch $@

$(APP)/dist/index.html: $(APP)/node_modules/.installed $(shell find $(APP)/src $(APP)/public $(APP)/scripts -type f) $(APP)/app.json
	@echo "Building the web app (a minute or two) …"
	@cd $(APP) && npm run --silent build

$(VENV)/run.installed: requirements.txt | $(VENV)/bin/python
	@echo "Installing the product's libraries into $(VENV) (a minute or two) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev.installed: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing the product's and the tests' libraries into $(VENV) (a minute or two) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/run.installed

$(VENV)/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed: install it, or name one with make PYTHON=…" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)
