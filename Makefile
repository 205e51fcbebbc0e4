# Every target sets up what it needs: a venv inside the checkout, filled from pyproject.toml.
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do \
	command -v $$each >/dev/null 2>&1 && $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$each; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
SOURCES := $(shell find src -name '*.py' -o -name '*.lark' -o -name '*.bin' -o -name '*.sql' 2>/dev/null | sort)
# A compiled arrangement would hide what is new in its sources.
LAYOUT := $(if $(filter-out 0,$(PENSTOCK_PURE)),interpreted,$(shell cat src/core/layout/*.py | cksum))

EXTRAS := server,formats,parquet,dev

.PHONY: demo test check check-spark spark lint types imports docs site pages pictures tour changelog notes clean

demo: $(VENV)/ready
	@$(BIN)/penstock demo

test: $(VENV)/ready
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not spark" $(ARGS)

# A venv of its own, with Spark and a Java from the package index.
check-spark:
	@$(MAKE) --no-print-directory VENV=.venv-spark EXTRAS=server,formats,spark-test spark

spark: $(VENV)/ready
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m spark tests/spark $(ARGS)

check: lint types imports test site

lint: $(VENV)/ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/ready
	@$(BIN)/mypy src tests

imports: $(VENV)/ready
	@$(BIN)/lint-imports

docs: $(VENV)/ready
	@$(BIN)/python -m pytest -q tests/docs

# The documentation as a site, in the folder site/; any broken link or anchor is an error.
site:
	@$(MAKE) --no-print-directory VENV=.venv-docs EXTRAS=docs pages

pages: $(VENV)/ready
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@if grep -rhoE '<(script|img|link)[^>]+(src|href)="?https?://[^" >]+' site --include='*.html'; \
	then echo "the site loads these from elsewhere"; exit 1; fi

# Pictures of the documentation, drawn anew.
pictures: $(VENV)/ready
	@$(BIN)/python -m tools.pictures

# What the fragments in changelog.d/ come to; VERSION=… moves them into the changelog.
changelog:
	@$(MAKE) --no-print-directory VENV=.venv-docs EXTRAS=docs notes

notes: $(VENV)/ready
	@$(BIN)/towncrier build $(if $(VERSION),--yes --version $(VERSION),--draft --version unreleased)

# The notebook of the documentation, executed anew.
tour: $(VENV)/ready
	@$(BIN)/python -m tools.notebook

# The tree that is installed has links, so a new or deleted file needs a new installation; it compiles the arrangement.
$(VENV)/ready: pyproject.toml tools/backend.py $(VENV)/files
	@echo "setting up $(VENV) ..."
	@test -n "$(PYTHON)" || { echo "penstock needs Python 3.11 or newer"; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[$(EXTRAS)]'
	@touch $@

$(VENV)/files: FORCE
	@mkdir -p $(VENV)
	@echo "$(SOURCES) $(LAYOUT)" | cmp -s - $@ || echo "$(SOURCES) $(LAYOUT)" > $@

FORCE:

clean:
	rm -rf $(VENV) .venv-spark .venv-docs site build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
