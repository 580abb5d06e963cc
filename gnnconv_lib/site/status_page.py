"""What the status page says: which versions and which machine made the pages (`book/back/status`).

The page is written at build time from a record beside the pages' sources, and is no notebook:
the stored outputs of the chapters therefore never depend on the machine.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import gnnconv_lib
from gnnconv_lib import files
from gnnconv_lib.chapters.differences import Difference

__all__ = ["RECORD_NAME", "status_text", "write_record"]

RECORD_NAME = "build-record.json"
DEPENDENCIES = (
    "jax",
    "jaxlib",
    "numpy",
    "scipy",
    "networkx",
    "matplotlib",
    "python-flint",
    "sympy",
    "jupyter-book",
    "sphinx",
)


def write_record(
    folder: Path,
    seconds: Mapping[str, float],
    differences: Mapping[str, Sequence[Difference]] | None = None,
) -> Path:
    """The file that tells the status page how the chapters were executed.

    Args:
        folder: the folder that holds `_config.yml`.
        seconds: wall-clock seconds by chapter, in the order of the book.
        differences: where the outputs are not the stored ones, by chapter.

    Returns:
        The path of the file written.
    """
    path = folder / RECORD_NAME
    entries = {
        name: [vars(entry) for entry in found] for name, found in (differences or {}).items()
    }
    content = {"seconds": dict(seconds), "differences": entries}
    files.write(path, json.dumps(content, indent=1) + "\n")
    return path


def status_text(folder: Path, executes_while_rendering: bool = False) -> str:
    """The Markdown of the status page.

    Args:
        folder: the folder that holds `_config.yml`, with or without a record of execution times.
        executes_while_rendering: whether Sphinx itself runs the chapters.

    Returns:
        MyST Markdown: one sentence on how the pages were made, then the tables.
    """
    record = folder / RECORD_NAME
    content: dict[str, Any] = {"seconds": {}, "differences": {}}
    if record.is_file():
        content = json.loads(record.read_text(encoding="utf-8"))
        how = (
            "Every chapter of these pages was **executed**, with this library, the versions and on "
            "the machine named here. A chapter is executed again as soon as one of them, its text "
            "or the data that it reads is another."
        )
    elif executes_while_rendering:
        how = "Every chapter of these pages was **executed while they were rendered**."
    else:
        how = (
            "These pages show **stored outputs**: nothing was executed for this build. `make test` "
            "compares the stored outputs with a fresh run."
        )
    machine = [("Python", platform.python_version()), ("System", _system()), ("CPU", _cpu())]
    parts = [how, "## Versions", _table(("package", "version"), _versions()), "## Machine"]
    parts += [_table(("part", "value"), machine)]
    seconds = content["seconds"]
    if seconds:
        parts += ["## Against the stored outputs", _comparison(content["differences"])]
        rows = [(f"`{name}`", f"{value:.1f}") for name, value in seconds.items()]
        rows.append(("all chapters", f"{sum(seconds.values()):.1f}"))
        parts += ["## Execution times", _table(("chapter", "seconds"), rows)]
    return "\n\n".join(parts)


def _comparison(differences: dict[str, list[dict[str, Any]]]) -> str:
    if not differences:
        return "Every page shows what is stored with the book and tested: no line differs."
    lines = ["These lines of the pages are not the stored ones, which are those that are tested:"]
    for chapter, entries in differences.items():
        for entry in entries:
            text = f"stored: {entry['stored']}\nnow:    {entry['executed']}".replace("```", "'''")
            where = ", ".join(filter(None, [f"cell {entry['cell']}", entry["place"]]))
            lines.append(f"`{chapter}`, {where}:\n\n```text\n{text}\n```")
    return "\n\n".join(lines)


def _versions() -> list[tuple[str, str]]:
    rows = [("gnnconv_lib", gnnconv_lib.__version__)]
    for name in DEPENDENCIES:
        try:
            rows.append((name, version(name)))
        except PackageNotFoundError:
            rows.append((name, "not installed"))
    return rows


def _system() -> str:
    return f"{platform.system()} {platform.release()}, {platform.machine()}"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def _table(header: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    lines = [f"| {header[0]} | {header[1]} |", "| --- | --- |"]
    lines += [f"| {left} | {right} |" for left, right in rows]
    return "\n".join(lines)
