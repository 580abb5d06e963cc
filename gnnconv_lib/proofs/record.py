"""The record that `make proofs` leaves, and what may be read from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from gnnconv_lib.proofs.sources import digest, find_proofs

__all__ = ["RECORD_NAME", "MachineChecked", "Record", "record", "theorem", "theorems"]

RECORD_NAME = "record.json"


@dataclass(frozen=True)
class MachineChecked:
    """A theorem that Coq's kernel has accepted.

    Fields:
        name: file and name, as in `"LinearRate.escape_time"`.
        statement: the Coq statement as it stands in the source, with single spaces.
        type: the whole statement as Coq prints it, with what the surrounding section assumes.
        axioms: the axioms that its proof uses.
        coq: the version of Coq.
        file: the source file.
        words: the statement in words.
        supports: the ledger items that rest on it.
        outside: the facts that the statement takes from outside of Coq.
        instance: the example that shows that its hypotheses can be met.
    """

    name: str
    statement: str
    type: str
    axioms: tuple[str, ...]
    coq: str
    file: str
    words: str
    supports: tuple[str, ...]
    outside: str
    instance: str

    @property
    def proved(self) -> bool:
        """Whether the kernel accepted it."""
        return True

    @property
    def status(self) -> str:
        """ "proved"."""
        return "proved"


@dataclass(frozen=True)
class Record:
    """What a compilation left.

    Fields:
        coq: the version of Coq.
        digest: of the sources that were compiled.
        theorems: the main theorems by name, in the order of the sources.
    """

    coq: str
    digest: str
    theorems: dict[str, MachineChecked]


def record(folder: Path | None = None) -> Record | None:
    """The record in `proofs/`, whether or not it belongs to the sources; `None` if there is none."""
    folder = folder or find_proofs()
    if folder is None or not (folder / RECORD_NAME).is_file():
        return None
    data = json.loads((folder / RECORD_NAME).read_text(encoding="utf-8"))
    found = {}
    for name, entry in data["theorems"].items():
        values = {**entry, "axioms": tuple(entry["axioms"]), "supports": tuple(entry["supports"])}
        found[name] = MachineChecked(name=name, coq=data["coq"], **values)
    return Record(data["coq"], data["digest"], found)


def theorems(folder: Path | None = None) -> dict[str, MachineChecked]:
    """All machine-checked theorems by name; none while the record does not match the sources."""
    folder = folder or find_proofs()
    found = record(folder)
    if folder is None or found is None or found.digest != digest(folder):
        return {}
    return found.theorems


def theorem(name: str, folder: Path | None = None) -> MachineChecked | None:
    """The theorem of that name, if the record belongs to exactly the sources that are there.

    Args:
        name: file and name, as in `"LinearRate.escape_time"`.
        folder: the folder with the sources; by default that of the clone.
    """
    return theorems(folder).get(name)
