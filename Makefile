# The commands of this project. `make` alone lists them.

VENV ?= .venv
PYTEST_ARGS ?=
export VENV
# Compiled files are left for the next run, whatever the shell says: without them each test run takes longer by ten seconds.
export PYTHONDONTWRITEBYTECODE =

# For `check --deploy`: a public site's settings, with a key made for this one command.
PUBLIC = DATABASE_URL=sqlite:// SITE_URL=https://example.org TRUSTED_PROXIES=127.0.0.1 DEBUG=false SECRET_KEY_FILE= \
	SECRET_KEY="$$($(VENV)/bin/python -c 'import secrets; print(secrets.token_urlsafe(64))')"

# What `make quick` leaves out: browsers, the admin's pages, what takes seconds to load, and what is marked slow.
NOT_QUICK = --ignore tests/browser --ignore tests/resources/admin --ignore tests/api/contract \
	--ignore tests/benchmarks --ignore tests/trial -m 'not slow'

.PHONY: help run dev curator quick test nightly check format bench bench-full lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## set up, load the data and serve http://127.0.0.1:8000/ (PORT=9000 moves it)
	@bin/setup run
	@exec bin/run

dev: ## serve for development: reload, DEBUG, plain static files, the shipped data (PORT=9000 moves it)
	@bin/setup test
	@SITE_URL="http://127.0.0.1:$${PORT:-8000}" bin/prepare
	@SITE_URL="http://127.0.0.1:$${PORT:-8000}" $(VENV)/bin/python manage.py runserver "127.0.0.1:$${PORT:-8000}"

curator: ## make the first curator (asks for a name and a password)
	@bin/setup run
	@$(VENV)/bin/python manage.py migrate --verbosity 0
	@$(VENV)/bin/python manage.py make_curator

quick: ## run the quick tests, without a browser and on SQLite (PYTEST_ARGS="-k word" narrows it)
	@bin/setup test
	@DATABASE_URL= HYPOTHESIS_PROFILE=quick $(VENV)/bin/python -m pytest -n auto --maxprocesses=2 --dist loadfile \
		$(NOT_QUICK) $(PYTEST_ARGS)

test: ## set up and run the whole suite on both databases (PYTEST_ARGS="-k word" narrows it)
	@bin/setup test
	@bin/test $(PYTEST_ARGS)

nightly: ## the same with every example of the slow independent checks, which `make test` takes a share of
	@bin/setup test
	@HYPOTHESIS_PROFILE=nightly bin/test $(PYTEST_ARGS)

check: ## format, lint, types, import order, templates, migrations, check --deploy
	@bin/setup test
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	find templates -name '*.html' -exec $(VENV)/bin/djade --check --target-version 5.2 {} +
	@bin/check-migrations
	@$(PUBLIC) $(VENV)/bin/python manage.py makemigrations --check --dry-run
	@$(PUBLIC) $(VENV)/bin/python manage.py check --deploy --fail-level WARNING

format: ## write code and templates in the house's form
	@bin/setup test
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .
	find templates -name '*.html' -exec $(VENV)/bin/djade --target-version 5.2 {} +

bench: ## measure the answers on SQLite and PostgreSQL, and write docs/performance.md (some twenty minutes)
	@bin/setup test
	$(VENV)/bin/python -m benchmarks

bench-full: ## the same with a million listings (an hour in all, 12 GB of disk)
	@bin/setup test
	$(VENV)/bin/python -m benchmarks --full

lock: ## regenerate the requirements files (with hashes) from pyproject.toml
	bin/lock

clean: ## remove what the tools made; var/, with the database, stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
