# Everything a fresh clone needs is Python 3.11 or newer, make and git. "make" alone lists what can be made.
# The shell lines below use nothing beyond POSIX: this runs before anything is installed.

.DEFAULT_GOAL := help
.PHONY: help run test proved lint check clean distclean deps deps-dev
SHELL := /bin/sh
PYTHON ?=
ARGS ?=
VENV := .venv

help:  ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## */  make \1 - /p' Makefile

run: deps  ## run the whole portal until Ctrl-C; PORT=8000 and SANDBOX_PORT=8025 choose the ports
	@DEBUG="$${DEBUG:-on}" exec $(VENV)/bin/python manage.py serve

test: deps-dev  ## run the tests; ARGS="tests/members -k invite" chooses some
	@cores=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ "$$cores" -le 4 ] || cores=4; \
	exec $(VENV)/bin/python -m pytest -n "$$cores" $(ARGS)

proved: deps-dev  ## list the checklist rows and consent cases that tests prove, and the missing ones; ARGS=--short
	@exec $(VENV)/bin/python -m tests.proved $(ARGS)

lint: deps-dev  ## check style, types and import directions
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	DEBUG=on $(VENV)/bin/mypy .
	$(VENV)/bin/lint-imports

check: lint  ## the same as lint

clean:  ## remove the virtual environment, caches and logs; the database in var/postgres stays
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis staticfiles
	@rm -rf var/log var/broker var/beat-schedule*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Clean. The database (var/postgres) and the keys (var/keys) are still there: make distclean removes them."

distclean:  ## clean, and remove the database and the keys for good; refuses while the portal runs
	@$(find_python); \
	if PYTHONPATH=. "$$found" -m imes.embedded status var/postgres >/dev/null; then \
	  echo "The database in var/postgres is running: stop the portal first (Ctrl-C there)." >&2; exit 1; fi; \
	PYTHONPATH=. "$$found" -m imes.embedded remove var/postgres
	@rm -rf var
	@$(MAKE) --no-print-directory clean >/dev/null
	@echo "Clean. The database and the keys are gone."

deps:
	@level=run; files="requirements.txt"; $(install)

deps-dev:
	@level=dev; files="requirements.txt requirements-dev.txt"; $(install)

# Sets $found to the first interpreter that runs (a shim that does not is passed over), is new enough and can make
# virtual environments; ends with one line when there is none.
define find_python
found=; without_venv=; old=; \
for name in $(if $(PYTHON),"$(PYTHON)",python3.13 python3.12 python3.11 python3); do \
  version=$$("$$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
  if ! "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then old="$$name is $$version"; continue; fi; \
  if ! "$$name" -c 'import ensurepip, venv' 2>/dev/null; then without_venv=$$name; continue; fi; \
  found=$$("$$name" -c 'import sys; print(sys.executable)'); break; \
done; \
if [ -z "$$found" ]; then \
  if [ -n "$$without_venv" ]; then \
    echo "$$without_venv cannot make virtual environments (no ensurepip): install its venv package, for example: apt install python3-venv" >&2; \
  elif [ -n "$$old" ]; then echo "Python 3.11 or newer is needed, and $$old: install a newer one, or name it: make PYTHON=/path/to/python3" >&2; \
  else echo "No Python was found$(if $(PYTHON), at $(PYTHON)): install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3" >&2; fi; \
  exit 1; \
fi
endef

# Brings $(VENV) to what $files say. The note that it is complete is the text of those files, written last: while it
# is there, pip is not called. An interrupted install leaves its own note, and is done again from nothing.
define install
wanted=$$(cat $$files); \
if [ "$$(cat $(VENV)/.complete-$$level 2>/dev/null)" = "$$wanted" ] \
   && $(VENV)/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then exit 0; fi; \
rm -f $(VENV)/.complete-*; \
[ ! -e $(VENV)/.installing ] || rm -rf $(VENV); \
if ! $(VENV)/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
  $(find_python); \
  rm -rf $(VENV); \
  "$$found" -m venv $(VENV) || { rm -rf $(VENV); echo "The virtual environment could not be made with $$found." >&2; exit 1; }; \
fi; \
echo "Installing $$files into $(VENV) (once) ..."; \
for file in $$files; do last=$$file; done; \
: > $(VENV)/.installing; \
$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r "$$last" \
  || { echo "The packages could not be installed: see above, then run make again." >&2; exit 1; }; \
rm -f $(VENV)/.installing; \
cat requirements.txt > $(VENV)/.complete-run; \
if [ $$level = dev ]; then echo "$$wanted" > $(VENV)/.complete-dev; fi
endef
