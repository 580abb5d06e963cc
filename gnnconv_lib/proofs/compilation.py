"""Compiles the Coq sources in a folder of its own and reads off what Coq says of each theorem."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
import tempfile
import textwrap
from pathlib import Path

from gnnconv_lib.proofs.record import MachineChecked, Record
from gnnconv_lib.proofs.sources import (
    allowed_axioms,
    digest,
    forbidden,
    main_theorems,
    source_files,
)
from gnnconv_lib.validation import InvalidInput

__all__ = ["HOW_TO_INSTALL", "check_again", "compile_proofs", "coq_version", "have_coq"]

HOW_TO_INSTALL = "Coq is not installed: `apt-get install coq` (Debian, Ubuntu) brings it."


def have_coq() -> bool:
    """Whether `coqc` is on the path."""
    return shutil.which("coqc") is not None


def coq_version() -> str:
    """The version of `coqc`, as in `"8.16.1"`."""
    return _run(["coqc", "--print-version"], Path.cwd()).split()[0]


def compile_proofs(folder: Path) -> Record:
    """Compiles everything in a temporary copy and returns what a record would hold.

    Raises:
        InvalidInput: for a proof that Coq rejects, a word that leaves something unproved, an axiom
            beyond `axioms.txt`, a theorem without an example of its hypotheses, or without Coq.
    """
    if not have_coq():
        raise InvalidInput(HOW_TO_INSTALL)
    problems = forbidden(folder)
    if problems:
        raise InvalidInput(" ".join(problems))
    wanted = main_theorems(folder)
    lonely = [name for name, source in wanted.items() if not source.instance]
    if lonely:
        raise InvalidInput(
            f"Instance must name an example for every main theorem, not so {lonely}."
        )
    with tempfile.TemporaryDirectory(prefix="gnnconv-proofs-") as place:
        copy = _compiled_copy(folder, Path(place))
        answers = _ask(copy, list(wanted))
    version = coq_version()
    found = {}
    for name, source in wanted.items():
        statement_as_printed, axioms = answers[name]
        unknown = sorted(set(axioms) - set(allowed_axioms(folder)))
        if unknown:
            raise InvalidInput(f"{name} must use only the axioms of axioms.txt, got {unknown}.")
        values = dataclasses.asdict(source) | {"type": statement_as_printed, "axioms": axioms}
        found[name] = MachineChecked(coq=version, **values)
    return Record(version, digest(folder), found)


def check_again(folder: Path) -> str:
    """Has `coqchk` check the compiled files, the standard library included; what it reports.

    Raises:
        InvalidInput: when `coqchk` rejects something.
    """
    with tempfile.TemporaryDirectory(prefix="gnnconv-proofs-") as place:
        copy = _compiled_copy(folder, Path(place))
        modules = [f"Proofs.{path.stem}" for path in source_files(copy)]
        return _run(["coqchk", "-silent", "-o", "-Q", ".", "Proofs", *modules], copy)


def _compiled_copy(folder: Path, place: Path) -> Path:
    for path in (folder / "_CoqProject", folder / "axioms.txt", *source_files(folder)):
        shutil.copyfile(path, place / path.name)
    for path in source_files(place):
        _run(["coqc", "-q", "-Q", ".", "Proofs", path.name], place)
    return place


def _ask(copy: Path, names: list[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    files = [path.stem for path in source_files(copy)]
    lines = [
        "Require Import Reals List.",
        *(f"From Proofs Require Import {file}." for file in files),
    ]
    lines += ["Open Scope R_scope.", "Set Printing Width 100."]
    for name in names:
        lines += [f'Goal True. idtac "### {name}". Abort.', f"Check @{name}."]
        lines += ['Goal True. idtac "### axioms". Abort.', f"Print Assumptions {name}."]
    (copy / "Questions.v").write_text("\n".join(lines) + "\n", encoding="utf-8")
    parts = _run(["coqc", "-q", "-Q", ".", "Proofs", "Questions.v"], copy).split("### ")[1:]
    found = {}
    for statement, axioms in zip(parts[::2], parts[1::2], strict=True):
        name, printed = statement.split("\n", 1)
        # Coq repeats the name, and indents the statement by the width of what stands before it.
        before, after = printed.split(":", 1)
        indent = " " * (len(before.rpartition("\n")[2]) + 1)
        shown = textwrap.dedent(indent + after).strip()
        found[name.strip()] = (shown, _axioms(axioms.split("\n", 1)[1]))
    return found


def _axioms(answer: str) -> tuple[str, ...]:
    """Names in an answer of `Print Assumptions`. What it does not explain counts as an axiom."""
    lines = [line for line in answer.splitlines() if line and not line[0].isspace()]
    known = ("Closed under the global context", "Axioms:")
    names = {re.split(r"[\s:]", line)[0] for line in lines if line.strip() not in known}
    return tuple(sorted(names))


def _run(command: list[str], place: Path) -> str:
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout[-2000:] + done.stderr[-2000:]).strip()
        raise InvalidInput(f"{Path(command[0]).name} must accept {command[-1]}, it said: {said}")
    return done.stdout
