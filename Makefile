# The everyday commands of objpub; `make` alone lists them.
#
# Everything lives in .venv, made at first use with the newest Python from 3.11 to 3.13 that is found.
# It is renewed when setup.py or constraints.txt change, and asks nothing of the network otherwise.
#
#     make serve PORT=8080 DIR=var/demo       another port, another folder for the data
#     make test ARGS="-k folder"              only some tests
#     make test PYTHON=python3.12 VENV=.venv-3.12

PORT ?= 8080
DIR ?= var/demo
VENV ?= .venv
# One more than the processors of a small machine: many tests wait for servers and browsers.
WORKERS ?= 3
ARGS ?=
ENGINES ?= file sqlite sqlite-plain zeo postgresql postgresql-plain
STORING := tests/content tests/operations tests/security tests/forms tests/publisher tests/scenario/test_engines.py
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --no-input -c constraints.txt

# Compiled modules and templates are kept: the tests start Python some hundred times.
unexport PYTHONDONTWRITEBYTECODE

# What the tests start imports the tests of this folder.
export PYTHONPATH := $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help serve test check coverage docs fuzz soak stress engines bench tools clean

help:
	@echo "make serve     run the demo site: objpub's documentation (PORT=$(PORT) DIR=$(DIR))"
	@echo "make test      run the tests (ARGS=\"-k folder\" for some of them)"
	@echo "make check     look for mistakes without running anything: style, types"
	@echo "make coverage  run the tests, say which lines they did not reach; fail if layers 0 to 5 have any"
	@echo "make docs      run every example in the documentation and check its links"
	@echo "make fuzz      send 5,000 arbitrary requests (ARGS=50000 for more)"
	@echo "make soak      send 10,000 mixed requests and look for what is left behind"
	@echo "make stress    let eight threads write to one place, and count the retries"
	@echo "make engines   run the tests that store something with SQLite, ZEO and PostgreSQL (ENGINES=zeo)"
	@echo "make bench     measure requests beside a publisher written by hand"
	@echo "make tools     get the checker of HTML that the tests use where it is there (needs npm and java)"
	@echo "make clean     remove what these commands made, but no data"

serve: $(VENV)/.core
	@exec $(BIN)/python -m objpub.demo --port "$(PORT)" "$(DIR)"

test: $(VENV)/.test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: $(VENV)/.test
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy

coverage: $(VENV)/.test
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m coverage run -m pytest $(ARGS)
	@$(BIN)/python -m coverage combine -q
	@$(BIN)/python -m coverage report
	@$(BIN)/python -m tests.covered

docs: $(VENV)/.test
	@$(BIN)/python -m pytest -q tests/test_docs.py $(ARGS)

fuzz: $(VENV)/.test
	@$(BIN)/python -m tests.publisher.fuzz $(ARGS)

soak: $(VENV)/.test
	@$(BIN)/python -m tests.scenario.soak $(ARGS)

stress: $(VENV)/.test
	@$(BIN)/python -m tests.scenario.stress $(ARGS)

engines: $(VENV)/.test
	@for engine in $(ENGINES); do echo "== $$engine"; \
	OBJPUB_TEST_ENGINE=$$engine $(BIN)/python -m pytest -q -n 2 --dist loadfile $(STORING) $(ARGS) || exit 1; done

bench: $(VENV)/.test
	@$(BIN)/python -m bench.run $(ARGS)

tools: var/tools/vnu.jar

var/tools/vnu.jar:
	@mkdir -p var/tools
	@cd var/tools && npm pack --silent vnu-jar@26.9.27 >/dev/null
	@cd var/tools && tar -xzf vnu-jar-26.9.27.tgz --strip-components=3 --wildcards "*/vnu.jar"
	@rm -f var/tools/vnu-jar-*.tgz && test -f $@

clean:
	@rm -rf $(VENV) var/tools build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
	@find objpub tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment whose Python has gone is made anew.
$(shell test -x $(BIN)/python || rm -f $(VENV)/.core $(VENV)/.test)

# What a site needs to run; then what working on objpub needs on top.
$(VENV)/.core: setup.py constraints.txt $(BIN)/python
	@echo "Installing objpub into $(VENV) (once) ..."
	@$(PIP) -e .
	@touch $@

$(VENV)/.test: $(VENV)/.core
	@echo "Installing the tools for tests into $(VENV) (once) ..."
	@$(PIP) -e ".[test]"
	@touch $@

# A version counts as found when it starts and can make an environment: a name on the PATH may be an empty shell.
$(BIN)/python:
	@for python in $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python); do \
	    if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	        "$$python" -m venv --clear $(VENV) && exec $(BIN)/python -c \
	            'import platform; print("Made $(VENV) with Python", platform.python_version())'; \
	    fi; \
	done; \
	echo "objpub needs Python 3.11 or newer with its venv module, and found none as:" \
	    "$(or $(PYTHON),python3.13 python3.12 python3.11 python3 python)." >&2; \
	echo "On Debian or Ubuntu: apt-get install python3-venv. Elsewhere: make PYTHON=/path/to/python3" >&2; \
	exit 1
