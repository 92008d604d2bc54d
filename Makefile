# What a newcomer needs is `make demo` and `make test`. `make` alone lists the rest.

PYTHON ?= python3
WORKERS ?= 2
RUN := .venv/bin/python
# make hears the terminal's Ctrl-C but cannot pass on its own death; Serai watches for that itself.
SERAI := exec env SERAI_STOP_WITH_PARENT=1 $(RUN) -m serai

.DEFAULT_GOAL := help
.PHONY: help demo up install install-dev test browser faults lint assets docs messages clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## run Serai with demo hotels (PORT=8080 for another port)
	@$(SERAI) demo $(if $(PORT),--port $(PORT))

up: install ## run what is there, without migrating or filling anything
	@$(SERAI) up $(if $(PORT),--port $(PORT))

install: ## install what running needs into .venv
	@$(PYTHON) scripts/bootstrap.py

install-dev: ## install what working on Serai needs into .venv
	@$(PYTHON) scripts/bootstrap.py --dev

test: install-dev ## run the test suite on services of its own
	@mkdir -p build
	@$(RUN) -m pytest -n $(WORKERS) --dist worksteal -m "not browser and not faults" --junitxml=build/junit.xml

browser: install-dev ## run the journeys in Chromium
	@mkdir -p build
	@$(RUN) -m pytest -m browser --junitxml=build/junit-browser.xml

faults: install-dev ## kill processes and servers, and look what is left
	@mkdir -p build
	@$(RUN) -m pytest -m faults --junitxml=build/junit-faults.xml

lint: export SERAI_MODE = test
lint: install-dev ## formatting, lint, types, imports, missing migrations
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(RUN) manage.py makemigrations --check --dry-run

assets: ## build the style sheet and scripts that are committed (needs Node)
	cd frontend && npm ci && npm run build

docs: install-dev ## build the documentation into build/docs
	.venv/bin/mkdocs build --strict --site-dir build/docs

messages: export SERAI_MODE = test
messages: install-dev ## collect and compile translations (needs gettext)
	cd serai && ../$(RUN) ../manage.py makemessages --locale hi --locale fr --locale ar
	cd serai && ../$(RUN) ../manage.py compilemessages

clean: ## remove what was built; the demo's data in .serai stays
	rm -rf build site .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .serai/test-clusters
	find serai tests scripts -name __pycache__ -prune -exec rm -rf {} +
