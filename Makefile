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

# A Python that may not keep what it has compiled of its modules takes twice as long to start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup book pdf render chapters lab check test test-chapters links audit mutants proofs bench kernels gpu lock clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z0-9. -]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Create .venv from requirements.lock

book: $(READY) ## Execute the chapters that have changed and render the book
	@$(BIN)/python -m gnnconv_lib.site.build --jobs $(JOBS)

pdf: book ## Print the built book as one PDF (needs Chromium)
	@$(BIN)/python -m gnnconv_lib.site.pdf

render: $(READY) ## Render the stored outputs without executing
	@$(BIN)/python -m gnnconv_lib.site.build --stored

chapters: $(READY) ## Execute every chapter in place and store its outputs
	@$(BIN)/gnnconv chapters --execute

lab: $(READY) ## Open JupyterLab on the chapters
	$(BIN)/jupyter lab --notebook-dir=book

# Kernels choose their own drawing backend; stored outputs are those of a CPU.
unexport MPLBACKEND
check test test-chapters: export JAX_PLATFORMS ?= cpu

PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder -p tests.longest_first -q -rs
NBVAL := -p tests.figure_data --nbval --nbval-current-env --nbval-cell-timeout=300

check: $(READY) ## Lint, types, doctests and the tests of what has changed, in a minute
	@$(BIN)/python -m tests.changed --jobs $(JOBS)

# Every chapter runs once: for the pages, for nbval's comparison and for the browser. One that `make
# book` ran from the same notebook, library, data, packages and processor is not run again.
test: $(READY) ## Run every test: library, chapters, book, browser
	@status=0; \
	$(BIN)/python -m gnnconv_lib.site.build --jobs $(JOBS) || status=1; \
	$(PYTEST) -p tests.private_cache -p tests.executed_chapters $(NBVAL) --durations=20 \
		--doctest-modules tests gnnconv_lib book || status=1; \
	exit $$status

test-chapters: export GNNCONV_EVIDENCE ?= $(CURDIR)/_build/evidence
test-chapters: $(READY) ## Rerun the chapters with nbval alone and compare with what is stored
	@$(PYTEST) -p tests.private_cache $(NBVAL) --durations=20 book

links: $(READY) ## Check that the addresses in the pages answer (needs a network)
	@$(BIN)/python -m gnnconv_lib.site.build --links

audit: $(READY) ## Run every check of the ledger with its full budget
	@$(BIN)/gnnconv audit --full
	@if command -v coqchk >/dev/null; then $(BIN)/python -m gnnconv_lib.proofs --recheck; fi

proofs: $(READY) ## Have Coq check the proofs and keep their record (needs coqc)
	@$(BIN)/python -m gnnconv_lib.proofs

mutants: $(READY) ## Plant every mutant of the formulas; each must turn a claim red
	@$(BIN)/python -m tests.mutants --jobs $(JOBS)

bench: $(READY) ## Time everything beside its peers, results in benchmarks/results
	@if [ ! -x .bench/bin/python ]; then \
		echo "Preparing .bench with the peers ..."; \
		{ $(BIN)/python -m venv --clear .bench \
			&& .bench/bin/python -m pip install -qq --disable-pip-version-check --requirement benchmarks/requirements-peers.txt \
			&& .bench/bin/python -m pip install -qq --disable-pip-version-check --no-deps neural-tangents==0.6.5; } \
		|| echo "Some peers could not be installed: their rows will say so."; \
	fi
	@JAX_PLATFORMS=cpu $(BIN)/python -m benchmarks

# Compilers for CUDA: 390 MB, in a folder of their own, since JAX would look for a GPU with them.
COMPILERS := .envs/kernels

$(COMPILERS)/.synced-$(VERSION): benchmarks/requirements-kernels.txt | $(READY)
	@rm -rf $(COMPILERS)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes \
		--only-binary :all: --target $(COMPILERS) --requirement benchmarks/requirements-kernels.txt \
		|| { echo "The kernels were not compiled: JAX's CUDA plugin and ptxas could not be had." >&2; exit 1; }
	@touch $@

kernels: export JAX_PLATFORMS := cpu
kernels: $(COMPILERS)/.synced-$(VERSION) ## Compile every GPU kernel and run its tests in an emulator, without a GPU
	@export PATH="$(CURDIR)/$(COMPILERS)/nvidia/cu13/bin:$$PATH" PYTHONPATH="$(CURDIR)/$(COMPILERS):$(CURDIR)"; \
	status=0; \
	$(BIN)/python -m benchmarks.kernel_gate --out _build/kernels.json || status=1; \
	for architecture in sm_80 sm_90a; do \
		$(BIN)/python -m pytest -p tests.ptx_emulator.plugin --ptx $$architecture -p no:cacheprovider -q \
			tests/test_kernels_*.py || status=1; \
	done; \
	exit $$status

# Any Python will do that has a JAX: no environment is made and nothing is downloaded.
gpu: ## Test and time the kernels on a GPU, records in OUT, results in benchmarks/results
	@"$(or $(PYTHON),python3)" -m benchmarks.gpu_environment --out "$(or $(OUT),_build/gpu.jsonl)"

lock: .tools/bin/uv ## Resolve requirements.lock again
	.tools/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-deps \
		--python-version 3.11 benchmarks/requirements-kernels.in --output-file benchmarks/requirements-kernels.txt
	.tools/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --extra book --extra test --extra fast --extra cluster pyproject.toml --output-file requirements.lock

clean: ## Remove what was built (not .venv)
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Other environments, each of its own in .envs. Style and types are checked with the lock alone: the
# stubs of other versions differ.
.PHONY: lowest lean python-3.12 python-3.13
ELSEWHERE := -m pytest -p tests.private_cache -n $(JOBS) --dist loadscope -q -rs -W ignore \
	--doctest-modules tests gnnconv_lib --ignore=tests/book --ignore=tests/test_static.py
lowest lean python-3.12 python-3.13: export JAX_PLATFORMS ?= cpu

lowest: .tools/bin/uv ## Test the library with the lowest versions that pyproject.toml allows
	@mkdir -p .envs
	@.tools/bin/uv pip compile --quiet --no-header --no-annotate --resolution lowest-direct \
		--python-version $(VERSION) --extra book --extra test --extra fast --extra cluster \
		pyproject.toml --output-file .envs/lowest.txt
	@.tools/bin/uv venv --quiet --clear --python "$(PYTHON)" .envs/lowest
	@.tools/bin/uv pip install --quiet --python .envs/lowest --requirement .envs/lowest.txt
	@.tools/bin/uv pip install --quiet --python .envs/lowest --no-deps --editable .
	@.envs/lowest/bin/python $(ELSEWHERE)

lean: .tools/bin/uv ## Test what must work without any extra
	@mkdir -p .envs
	@.tools/bin/uv venv --quiet --clear --python "$(PYTHON)" .envs/lean
	@.tools/bin/uv pip install --quiet --python .envs/lean .
	@cd tests && ../.envs/lean/bin/python lean_install.py

python-3.12 python-3.13: .tools/bin/uv ## Test the library with that Python
	@mkdir -p .envs
	@.tools/bin/uv venv --quiet --clear --python $(@:python-%=%) .envs/$@ 2>/dev/null \
		|| { echo "Python $(@:python-%=%) is not to be had here: install it, then try again." >&2; exit 1; }
	@.tools/bin/uv pip sync --quiet --python .envs/$@ --require-hashes requirements.lock
	@.tools/bin/uv pip install --quiet --python .envs/$@ --no-deps --editable .
	@.envs/$@/bin/python $(ELSEWHERE)

.tools/bin/uv:
	@$(if $(VERSION),,$(error No Python from 3.11 to 3.13 with its venv module was found: install one or name it with PYTHON=))
	@"$(PYTHON)" -m venv --clear .tools
	@.tools/bin/python -m pip install -qq --disable-pip-version-check uv==$(UV_VERSION)

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
		$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.lock; \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .; \
	fi
	@touch $@
