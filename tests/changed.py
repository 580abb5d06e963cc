"""`make check`: lint, types, doctests and the tests of what has changed since the main branch.

    python -m tests.changed [--jobs 2] [--since COMMIT]

Changed is what differs from the point where this branch left `main`, edits that are not committed
and new files included; on `main` itself what differs from its last commit. Tests are found by
name, since `tests/` mirrors the modules: a change of `gnnconv_lib/relu_gnn/sums.py` runs
`tests/test_relu_gnn*.py`.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "gnnconv_lib"
# Files outside of the package, and the test modules that read them.
READ_BY = {
    "Makefile": "test_packaging",
    ".ci/run": "test_packaging",
    "pyproject.toml": "test_packaging",
    "requirements.lock": "test_packaging",
    "environment.yml": "test_packaging",
    "CITATION.cff": "test_packaging",
    "CONTRIBUTING.md": "test_floors",
    "_toc.yml": "test_sources",
    "_config.yml": "test_sources",
}
SWEEPS = ("test_sweeps_driver", "test_sweeps_workers", "test_sweeps_chapters")
# What needs minutes: whole builds, a browser, clusters of processes.
LONG = (
    *("test_axe", "test_gates", "test_pages", "test_sharding"),
    *("test_validator", "test_walks_out_of_core", *SWEEPS),
)


def changed_files(root: Path, since: str | None = None) -> list[str]:
    """The names of the files that differ, new ones included; deleted ones not."""
    base = since or _base(root)
    differing = _git(root, "diff", "--name-only", "--diff-filter=d", base)
    new = _git(root, "ls-files", "--others", "--exclude-standard")
    return sorted({name for name in [*differing, *new] if (root / name).is_file()})


def targets(root: Path, changed: list[str]) -> tuple[list[str], list[str]]:
    """What pytest is to collect, and the test files that are left to `make test`."""
    wanted: set[str] = set()
    every = sorted(path.relative_to(root) for path in (root / "tests").rglob("test_*.py"))
    for name in changed:
        path = Path(name)
        if path.parts[0] == PACKAGE and path.suffix == ".py":
            wanted.add(name)
        stems = list(_stems(path))
        wanted |= {test.as_posix() for test in every if _is_test_of(test, stems)}
    tests = {name for name in wanted if name.startswith("tests/")}
    long = {name for name in tests if Path(name).stem in LONG}
    return sorted(wanted - long), sorted(long)


def _stems(path: Path) -> Iterator[str]:
    """The stems of test files that belong to a file, the narrowest first."""
    if path.parts[0] == "tests":
        yield path.stem
    elif path.parts[0] == PACKAGE:
        parts = [part for part in path.with_suffix("").parts[1:] if part != "__init__"]
        if parts[:1] in (["audit"], ["ledger"]):
            yield "test_ledger"
        if parts[:1] == ["sweeps"]:
            yield from SWEEPS
        for length in range(len(parts), 0, -1):
            yield "test_" + "_".join(part.lstrip("_") for part in parts[:length])
        if len(parts) > 1:
            yield "test_" + parts[-1].lstrip("_")
            yield "test_" + "_".join(part.lstrip("_") for part in parts[-2:])
        yield "test_floors"
    elif path.suffix == ".ipynb":
        yield "test_chapters"
    elif path.parts[:2] == ("book", "ledger"):
        yield from ("test_ledger", "test_ledger_printed")
    elif path.parts[0] == "benchmarks":
        yield from ("test_benchmarks", "test_benchmarks_gpu")
    else:
        yield from (stem for name, stem in READ_BY.items() if path.as_posix() == name)


def _is_test_of(test: Path, stems: list[str]) -> bool:
    return test.stem in stems


def _base(root: Path) -> str:
    for branch in ("origin/main", "main"):
        found = _git(root, "merge-base", "HEAD", branch)
        if found:
            return found[0]
    return "HEAD"


def _git(root: Path, *arguments: str) -> list[str]:
    finished = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    return finished.stdout.splitlines() if finished.returncode == 0 else []


def main() -> int:
    """0 if everything is in order."""
    parser = argparse.ArgumentParser(prog="python -m tests.changed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--since", help="a commit (default: where this branch left main)")
    options = parser.parse_args()
    started = time.perf_counter()
    changed = changed_files(ROOT, options.since)
    wanted, long = targets(ROOT, changed)
    python = [sys.executable, "-m"]
    # mypy needs a core for itself and is silent until its end.
    types = subprocess.Popen([*python, "mypy"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    status = {"lint": _run([*python, "ruff", "check", "--quiet"])}
    status["form"] = _run([*python, "ruff", "format", "--check", "--quiet"])
    if wanted:
        command = [*python, "pytest", "-q", "-p", "tests.private_cache", "--doctest-modules"]
        status["tests"] = _run([*command, "-n", str(options.jobs), *wanted], accept=(0, 5))
    output = types.communicate()[0]
    status["types"] = types.returncode
    if types.returncode:
        print(output)
    if long:
        print(f"Left to make test, since they take minutes: {', '.join(long)}.")
    failed = [name for name, code in status.items() if code]
    verdict = f"failed: {', '.join(failed)}" if failed else "all is well"
    seconds = time.perf_counter() - started
    print(
        f"{len(changed)} changed files, {len(wanted)} modules tested, {verdict} ({seconds:.0f} s)"
    )
    return 1 if failed else 0


def _run(command: list[str], accept: tuple[int, ...] = (0,)) -> int:
    code = subprocess.run(command, cwd=ROOT, check=False, env=os.environ).returncode
    return 0 if code in accept else code


if __name__ == "__main__":
    sys.exit(main())
