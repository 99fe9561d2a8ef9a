# The two commands a newcomer needs: `make demo` and `make test`. Both install what they need into .venv first.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: help install demo test quick coverage newest format lock schema clean

PYTHON ?=
CORES ?= $(shell getconf _NPROCESSORS_ONLN)
BIN := .venv/bin
# One test process per core, each with one thread; the tests of one file stay together and share what they prepare.
# Files begin in the order of tests/conftest.py. xdist's own, by number of tests, leaves the longest for the end.
PARALLEL = --numprocesses $(CORES) --dist loadfile --no-loadscope-reorder
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(PARALLEL)
# One job at a time on each GPU; without a GPU the jobs that could use one share the cores instead.
GPUS := $(shell nvidia-smi --list-gpus 2>/dev/null | grep -c GPU || true)
GPU_JOBS := $(if $(filter-out 0,$(GPUS)),$(GPUS),$(CORES))

help:
	@echo "make demo      everything from raw (synthetic) releases to results/report.html"
	@echo "make test      all tests, as continuous integration runs them"
	@echo "make quick     the tests that take seconds"
	@echo "make coverage  the quick tests, and which lines none of them runs; fails below the floor of pyproject.toml"
	@echo "make newest    the quick tests with the newest version of every package, in .venv-newest; takes 8 GB"
	@echo "make format    let ruff and snakefmt rewrite the code"
	@echo "make schema    make the schema of the config and docs/config.md again from the classes of settings"
	@echo "make lock      resolve requirements.lock again from pyproject.toml"
	@echo "make clean     remove results, runs, logs and .venv-newest; .venv stays"
	@echo "PYTHON=python3.12 behind any of them names the Python to build .venv with"

# Nothing is done where all is installed. PYTHON is the Python of .venv; where you name none, a .venv that works stays.
install:
	PYTHON="$(PYTHON)" workflow/install.sh

# One line per stage with a bar and the time left; Snakemake's own messages are in .snakemake/log.
# What the page needs comes first; the small jobs of the controls fill the cores that its last steps leave idle.
demo: install
	PATH="$(CURDIR)/$(BIN):$$PATH" PYTHONPATH="$(CURDIR)/workflow/progress" workflow/resume.sh all results/controls.md \
		--prioritize results/report.html --logger stages --cores $(CORES) --resources gpu=$(GPU_JOBS)
	@cat results/table1.md
	@echo
	@cat results/answer.txt
	@echo "The losses do what they must on two synthetic beds with a known answer: results/controls.md"
	@echo
	@echo "All of it on one page: $(CURDIR)/results/report.html"
	@echo "What to try next, each in this folder and with .venv/bin before it:"
	@echo "  snakemake --cores $(CORES) results/shift.md            how far the corpora of each pair differ, and where they lean"
	@echo "  snakemake --cores $(CORES) results/known_answer.md     what the losses must do where the answer is known"
	@echo "  snakemake --cores $(CORES) results/faces/meld.html     whose face stands for the speaker"
	@echo "  snakemake --cores $(CORES) results/without_source.md   what adaptation gains without a clip of the source"
	@echo "  amanda demo --model-only                       then: amanda predict VIDEO, what the demo's model says of a video"

test: install
	$(PYTEST)

quick: install
	$(PYTEST) -m "not slow"

coverage: install
	$(PYTEST) -m "not slow" --cov --cov-report term

newest:
	OMP_NUM_THREADS=1 $(or $(PYTHON),python3) workflow/newest.py $(PARALLEL) -m "not slow"

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

lock: install
	$(BIN)/python -m pip install --quiet uv
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/python -m uv pip compile --universal --fork-strategy fewest \
		--python-version 3.11 --generate-hashes --all-extras pyproject.toml --output-file requirements.lock

schema: install
	$(BIN)/python workflow/schema.py

clean:
	rm -rf results runs logs .snakemake .venv-newest
