# make run · make test · make lint · make bench — each from a fresh clone; needs Python 3.11+ and make.
#   make run PORT=8000 DATA_DIR=/srv/office        make test ARGS="-k embedded" COV=1        make bench FACTOR=10

VENV := .venv
BIN := $(VENV)/bin
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
FACTOR ?= 1
export FACTOR

.PHONY: help install run test lint bench torture mutate api-check lock catalogue pictures
.DELETE_ON_ERROR:

help:
	@sed -n '1,2s/^# *//p' Makefile

install: $(VENV)/run.stamp $(CATALOGUES)

run: $(VENV)/run.stamp $(CATALOGUES)
	@$(need_libcurl)
	@exec $(BIN)/python app.py serve

# Three workers on two cores: while one waits for a browser or for a process that was killed, the others use them.
# COV=1 traces lines and branches as well, which takes half as long again.
test: $(VENV)/dev.stamp $(CATALOGUES)
	@$(need_libcurl)
	@$(need_browser)
	@$(need_proxy)
	@$(BIN)/python -m pytest -q -n 3 --no-loadscope-reorder $(if $(COV),--cov --cov-report=term) $(ARGS)

lint: $(VENV)/dev.stamp
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo "Not formatted; run: $(BIN)/ruff format ." >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary

bench: $(VENV)/dev.stamp $(CATALOGUES)
	@$(need_libcurl)
	@exec $(BIN)/python -m benchmarks $(ARGS)

# The manual's pictures, from the demonstration.
pictures: $(VENV)/dev.stamp $(CATALOGUES)
	@$(need_libcurl)
	@$(need_browser)
	@exec $(BIN)/python -m tests.browser.manual_pictures

# An hour or so at full length; KILLS=5 TURNS=50 for a short one. Writes what it saw to docs/torture.md.
torture: $(VENV)/dev.stamp $(CATALOGUES)
	@$(need_libcurl)
	@$(need_proxy)
	@RANDOM_EXAMPLES=1 $(BIN)/python -m pytest -q -n 2 tests/rules tests/schema tests/office tests/documents
	@IMPORT_KILLS=$(or $(IMPORT_KILLS),1000) $(BIN)/python -m pytest -q -n 0 tests/services/imports/test_import_job.py -k elsewhere
	@EXPRESSION_SEED=$${EXPRESSION_SEED:-$$(date +%s)} EXPRESSION_PAIRS=$(or $(EXPRESSION_PAIRS),100000) $(BIN)/python -m pytest -q -n 0 tests/schema/expressions/test_agreement.py
	@exec $(BIN)/python -m tests.torture --kills $(or $(KILLS),100) --turns $(or $(TURNS),1000) $(ARGS)

# One sign of rules/ and schema/ changed at a time: do their tests find it? SAMPLE=0 tries all of some 7,700.
mutate: $(VENV)/dev.stamp $(CATALOGUES) .venv-mutate/stamp
	@exec $(BIN)/python -m benchmarks.mutation --sample $(or $(SAMPLE),300) $(ARGS)

.venv-mutate/stamp: benchmarks/mutation.lock | $(BIN)/python
	@$(BIN)/python -m venv --clear .venv-mutate
	@.venv-mutate/bin/python -m pip install -qq --disable-pip-version-check --no-input --no-deps --require-hashes -r $<
	@touch $@

# Asks the programming interface whatever its own description allows and forbids; half an hour at full length.
api-check: $(VENV)/dev.stamp $(CATALOGUES) .venv-api-check/stamp
	@exec $(BIN)/python -m tests.api_check $(ARGS)

.venv-api-check/stamp: tests/api_check/requirements.txt | $(BIN)/python
	@$(BIN)/python -m venv --clear .venv-api-check
	@.venv-api-check/bin/python -m pip install -qq --disable-pip-version-check --no-input -r $<
	@touch $@

# Words that the code marks and the catalogue lacks come in blank; those that nothing marks any more go.
catalogue: $(VENV)/dev.stamp
	@$(BIN)/pybabel --quiet extract -F translations/mapping.cfg -k lazy_gettext --no-location --sort-output --no-wrap \
	  -o $(VENV)/messages.pot .
	@$(BIN)/pybabel --quiet update -i $(VENV)/messages.pot -d translations -l zh_Hans_CN \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap

# With a clean environment, so that no setting of one machine gets into the lock. Add UPGRADE=--upgrade for newer ones.
lock: COMPILE = env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null \
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options $(UPGRADE)
lock: $(VENV)/dev.stamp
	@$(COMPILE) --output-file requirements.lock pyproject.toml
	@$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	@$(COMPILE) --output-file benchmarks/mutation.lock benchmarks/mutation.in

# --- what each needs; a stamp makes the second call fast

# A lock is complete, so nothing is resolved: what is published tomorrow cannot matter, whatever pip there is.
# `pip check` says when the lock is not complete after all.
install = $(PIP) --no-deps --require-hashes -r $(1) && $(BIN)/python -m pip check --quiet --disable-pip-version-check

$(VENV)/run.stamp: requirements.lock | $(BIN)/python
	@echo "Installing into $(VENV)"
	@$(call install,requirements.lock)
	@touch $@

$(VENV)/dev.stamp: requirements.lock requirements-dev.lock | $(BIN)/python
	@echo "Installing into $(VENV), with what tests need"
	@$(call install,requirements-dev.lock)
	@touch $(VENV)/run.stamp $@

# Debian has the venv module's other half in a package of its own.
$(BIN)/python:
	@python=; for one in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  "$$one" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { python=$$one; break; }; \
	done; \
	[ "$$python" ] || { echo "Python 3.11 or later is needed; name one: make PYTHON=/path/to/python3" >&2; exit 1; }; \
	"$$python" -c 'import ensurepip' 2>/dev/null || { $(call debian,python3-venv); }; \
	"$$python" -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

%.mo: %.po | $(VENV)/run.stamp
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# Install Debian packages, where we may; else say what is missing and go on: what needs them says so too.
define debian
packages="$(1)"; \
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
  echo "Installing $$packages"; log=$$(mktemp); \
  { apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends $$packages; } \
    </dev/null >"$$log" 2>&1 || { tail -n 3 "$$log"; echo "Could not install $$packages." >&2; }; \
  rm -f "$$log"; \
else echo "Missing on this machine: $$packages. On Debian: apt-get install $$packages" >&2; fi
endef

define need_libcurl
if [ -z "$$MONGODB_URI" ] && mongod=$$($(BIN)/python -m documents.server.binary 2>/dev/null) \
  && "$$mongod" --version 2>&1 | grep -q 'shared libraries: libcurl'; then $(call debian,libcurl4); fi
endef

define need_browser
missing=; \
command -v chromium >/dev/null || missing="chromium"; \
ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || missing="$$missing fonts-noto-cjk"; \
if [ "$$missing" ]; then $(call debian,$$missing); fi
endef

# The tests of docs/deploy run an office behind it.
define need_proxy
missing=; \
PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null || missing="nginx-light"; \
command -v openssl >/dev/null || missing="$$missing openssl"; \
if [ "$$missing" ]; then $(call debian,$$missing); fi
endef
