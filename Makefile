# Needs Python 3.11-3.13, git and make; everything else is installed into .venv from requirements.lock.
# Another interpreter: make test PYTHON=python3.12

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.8
JOBS := 2
BIN := .venv/bin
SUITABLE := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))

# The interpreter of an existing .venv comes first, then the first suitable one on the path.
PYTHON ?= $(shell for python in .venv/bin/python python3 python3.13 python3.12 python3.11 python; do \
	"$$python" -c '$(SUITABLE)' 2>/dev/null && echo "$$python" && break; done)
VERSION := $(shell "$(PYTHON)" -c '$(SUITABLE)' 2>/dev/null \
	&& "$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
READY := .venv/.synced-$(VERSION)

.PHONY: help setup book render chapters lab test test-chapters links audit bench gpu lock clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Create .venv from requirements.lock

book: $(READY) ## Execute every chapter and render the book
	@$(BIN)/python -m gnnconv_lib.chapters.build --jobs $(JOBS)

render: $(READY) ## Render the stored outputs without executing
	@$(BIN)/python -m gnnconv_lib.chapters.build --stored

chapters: $(READY) ## Execute every chapter in place and store its outputs
	@$(BIN)/gnnconv chapters --execute

lab: $(READY) ## Open JupyterLab on the chapters
	$(BIN)/jupyter lab --notebook-dir=book

# Kernels choose their own drawing backend; stored outputs are those of a CPU.
unexport MPLBACKEND
test test-chapters: export JAX_PLATFORMS ?= cpu

PYTEST := $(BIN)/python -m pytest -p tests.private_cache -n $(JOBS) --dist loadscope -q -rs --durations=10 \
	--nbval --nbval-current-env --nbval-cell-timeout=300

test: $(READY) ## Run every test: library, chapters, book, browser
	@$(PYTEST) --doctest-modules tests gnnconv_lib book

test-chapters: $(READY) ## Rerun the chapters and compare with what is stored
	@$(PYTEST) book

links: $(READY) ## Check that the addresses in the pages answer (needs a network)
	@$(BIN)/python -m gnnconv_lib.chapters.build --links

audit: $(READY) ## Run every check of the ledger with its full budget
	@$(BIN)/gnnconv audit --full

bench: $(READY) ## Time everything beside its peers, results in benchmarks/results
	@if [ ! -x .bench/bin/python ]; then \
		echo "Preparing .bench with the peers ..."; \
		{ $(BIN)/python -m venv --clear .bench \
			&& .bench/bin/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/requirements-peers.txt \
			&& .bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps neural-tangents==0.6.5; } \
		|| echo "Some peers could not be installed: their rows will say so."; \
	fi
	@JAX_PLATFORMS=cpu $(BIN)/python -m benchmarks

gpu: ## Test and time the kernels on a GPU, results in benchmarks/results
	@$(if $(VERSION),,$(error No Python from 3.11 to 3.13 with its venv module was found: install one or name it with PYTHON=))
	@"$(PYTHON)" -m benchmarks.gpu_environment

lock: .tools/bin/uv ## Resolve requirements.lock again
	.tools/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --extra book --extra test --extra fast --extra cluster pyproject.toml --output-file requirements.lock

clean: ## Remove what was built (not .venv)
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis

.tools/bin/uv:
	@$(if $(VERSION),,$(error No Python from 3.11 to 3.13 with its venv module was found: install one or name it with PYTHON=))
	@"$(PYTHON)" -m venv --clear .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# uv is about ten times faster than pip; both install the same hashed lock.
$(READY): requirements.lock pyproject.toml
	@$(if $(VERSION),,$(error No Python from 3.11 to 3.13 with its venv module was found: install one or name it with PYTHON=))
	@echo "Preparing .venv with Python $(VERSION) ..."
	@if ! .venv/bin/python -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "$(VERSION)")' 2>/dev/null; then \
		"$(PYTHON)" -m venv --clear .venv; fi
	@rm -f .venv/.synced-*
	@if $(MAKE) .tools/bin/uv; then \
		export VIRTUAL_ENV="$(CURDIR)/.venv"; \
		.tools/bin/uv pip sync --quiet --require-hashes requirements.lock; \
		.tools/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .; \
	else \
		echo "uv could not be had: installing with pip, which is slower."; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .; \
	fi
	@touch $@
