# Every target sets up .venv first if it is missing or older than pyproject.toml or constraints.txt.
# Nothing has to be activated. Choose with variables: make run PRESET=smoke SEED=1 JOBS=2
# (without SEED every notebook uses its own). WORKERS=0 runs the tests one after the other. CELL_TIMEOUT is the seconds
# that one cell of a notebook may take, in run, test and notebooks: raise it where the machine is busy or slow. PIP_ARGS goes
# to pip when .venv is set up and when wheels are collected, such as the index of the CPU build of torch (CONTRIBUTING.md).
# EXTRAS is what .venv gets: dev for all that make does, app for the course alone. LAB_ARGS go to JupyterLab, SITE_ARGS to
# website/build.py: --no-live leaves the live pages out.

.DEFAULT_GOAL := help
.PHONY: help setup run test lint-js lab app notebooks data site bench check-room wheelhouse handout slides clean distclean
MAKEFLAGS += --no-print-directory

PRESET ?= quick
SEED ?=
JOBS ?= 1
WORKERS ?= 2
CELL_TIMEOUT ?= 900
PIP_ARGS ?=
EXTRAS ?= dev
LAB_ARGS ?=
OUT ?= out/run
WHEELHOUSE ?= out/wheelhouse
SITE ?= out/site
SITE_ARGS ?=
PORT ?= 8866
# the committed figures are those of the defaults; any other run keeps its own in OUT/figures
FIGURES := $(if $(filter quick-out/run,$(PRESET)$(SEED)-$(OUT)),--figures figures)

# threads sleep while they wait for each other, also in kernels that import torch before smwm_lab, which sets it too
OMP_WAIT_POLICY ?= PASSIVE
export OMP_WAIT_POLICY

VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.installed
# several workers share the cores: one thread each (numba, where UMAP uses it, would raise torch's number too)
PARALLEL := $(if $(filter-out 0 1,$(WORKERS)),OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1) $(PYTHON)

help: ## show this list
	@echo "smwm_lab: Sensorimotor World Models, a course and a library"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  variables: PRESET=$(PRESET) SEED=$(SEED) JOBS=$(JOBS) OUT=$(OUT) WORKERS=$(WORKERS)"
	@echo "             CELL_TIMEOUT=$(CELL_TIMEOUT) (seconds for one cell of a notebook)"
	@echo "             PIP_ARGS=$(PIP_ARGS) (for pip, when .venv is set up and for the wheelhouse)"
	@echo "             EXTRAS=$(EXTRAS) (of .venv: dev, app) LAB_ARGS=$(LAB_ARGS) WHEELHOUSE=$(WHEELHOUSE)"

run: $(STAMP) ## execute every notebook; pages and figures go to out/run and figures/
	@$(PYTHON) -m smwm_lab notebooks --preset $(PRESET) $(if $(SEED),-p seed=$(SEED)) --jobs $(JOBS) \
		--timeout $(CELL_TIMEOUT) --out $(OUT) $(FIGURES)

test: $(STAMP) ## lint, types, all tests, then every notebook against its stored outputs
	@echo "== ruff =="
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check smwm_lab tests workshop website setup.py
	@echo "== mypy =="
	@$(PYTHON) tests/project/mypy_ceiling.py
	@$(PYTHON) tests/project/lint_js.py
	@echo "== pytest =="
	@$(PARALLEL) -m pytest -q -n $(WORKERS) --dist loadscope --no-loadscope-reorder tests
	@echo "== notebooks =="
	@$(PARALLEL) -m pytest -q -n $(WORKERS) --dist loadfile --nbval \
		--nbval-cell-timeout $(CELL_TIMEOUT) notebooks

lint-js: $(STAMP) ## lint the JavaScript of pages and widgets, where Node is
	@$(PYTHON) tests/project/lint_js.py

lab: $(STAMP) ## open JupyterLab in notebooks/
	@$(PYTHON) -m jupyterlab $(LAB_ARGS) notebooks

app: $(STAMP) ## serve the widgets as a web page, at the address that it prints
	@$(PYTHON) -m smwm_lab app --preset $(PRESET) $(if $(SEED),--seed $(SEED)) --port $(PORT)

notebooks: $(STAMP) ## execute the notebooks again and rewrite them with their outputs
	@$(PYTHON) -m smwm_lab notebooks --in-place --timeout $(CELL_TIMEOUT)

data: $(STAMP) ## train the runs in data/runs that are missing (they come with the project)
	@$(PYTHON) -m smwm_lab ship

site: $(STAMP) ## build the static site in out/site; it needs no network, nor do those who read it
	@$(PYTHON) website/build.py --out $(SITE) $(SITE_ARGS)

bench: $(STAMP) ## measure this machine, side by side
	@$(PYTHON) -m smwm_lab bench

check-room: $(STAMP) ## is this machine ready for the course? a minute at most
	@$(PYTHON) -m smwm_lab doctor

wheelhouse: $(STAMP) ## collect wheels for a room without internet, in out/wheelhouse
	@$(PYTHON) workshop/wheelhouse.py --out $(WHEELHOUSE) -- $(PIP_ARGS)

handout: $(STAMP) ## print the handout to out/handout.pdf, one page; needs Chromium
	@$(PYTHON) workshop/handout.py --out out/handout.pdf

slides: $(STAMP) ## export the slides for two hours to out/slides.html, one page that needs no network
	@$(PYTHON) workshop/slides.py --out out/slides.html

setup: $(STAMP) ## only set up .venv

clean: ## remove what runs and tests produced; trained runs in data/ stay
	@rm -rf out build .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
	@find . -path ./$(VENV) -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -type d -prune \
		-exec rm -rf {} +

distclean: clean ## clean, and remove .venv too
	@rm -rf $(VENV) node_modules

# python3.11 if it is there and works, else python3 if it is new enough.
$(STAMP): pyproject.toml constraints.txt
	@set -e; \
	python=python3.11; $$python -c "" 2>/dev/null || python=python3; \
	$$python -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || { \
		echo "error: Python 3.11 or newer is needed, found: $$($$python --version 2>&1 | head -n 1)" >&2; exit 1; }; \
	echo "setting up $(VENV) with $$($$python --version); once, a few minutes with a fast network"; \
	test -x $(PYTHON) || $$python -m venv $(VENV); \
	$(PYTHON) -m pip install -qq --disable-pip-version-check --no-compile -c constraints.txt $(PIP_ARGS) -e '.[$(EXTRAS)]'; \
	touch $(STAMP)
