"""The Coq sources as text: their digest, their main theorems, and what they must not contain."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from gnnconv_lib.validation import InvalidInput

__all__ = [
    "Source",
    "allowed_axioms",
    "digest",
    "find_proofs",
    "forbidden",
    "main_theorems",
    "source_files",
    "statement_of",
]

# Each of these leaves something unproved, or switches off a check of the kernel.
FORBIDDEN = (
    "Admitted",
    "admit",
    "give_up",
    "Axiom",
    "Axioms",
    "Parameter",
    "Parameters",
    "Conjecture",
    "Conjectures",
    "bypass_check",
    "Guard Checking",
    "Positivity Checking",
    "Universe Checking",
    "Declare ML Module",
)

KEYWORD = r"(?:Theorem|Lemma|Corollary|Example|Proposition)"
FIELDS = ("Supports", "Outside", "Instance")


@dataclass(frozen=True)
class Source:
    """A main theorem as it stands in the sources.

    Fields:
        name: file and name, as in `"LinearRate.escape_time"`.
        file: the file's name.
        words: the statement in words, as Markdown.
        statement: the Coq statement with single spaces.
        supports: the ledger items that rest on it.
        outside: the facts that its statement takes from outside of Coq.
        instance: the example that shows that its hypotheses can be met, or `""`.
    """

    name: str
    file: str
    words: str
    statement: str
    supports: tuple[str, ...]
    outside: str
    instance: str


def find_proofs(start: str | Path | None = None) -> Path | None:
    """The folder `proofs` of the nearest clone, from `start` (or the library's own place) upwards.

    Without a clone, as for an installed wheel, `None`.
    """
    here = Path(start) if start is not None else Path(__file__).parent
    for folder in (here.resolve(), *here.resolve().parents):
        if (folder / "_CoqProject").is_file():
            return folder
        if (folder / "proofs" / "_CoqProject").is_file():
            return folder / "proofs"
    return None


def source_files(folder: Path) -> list[Path]:
    """The Coq files in the order in which they are compiled.

    Raises:
        InvalidInput: when `_CoqProject` and the folder do not name the same files.
    """
    lines = (folder / "_CoqProject").read_text(encoding="utf-8").split()
    listed = [word for word in lines if word.endswith(".v")]
    present = sorted(path.name for path in folder.glob("*.v"))
    if sorted(listed) != present:
        raise InvalidInput(
            f"_CoqProject must list the files of its folder, {present}, got {listed}."
        )
    return [folder / name for name in listed]


def digest(folder: Path) -> str:
    """SHA-256 of the sources, their order and the allowed axioms."""
    total = hashlib.sha256()
    for path in (folder / "_CoqProject", folder / "axioms.txt", *source_files(folder)):
        # Windows may have changed the ends of lines.
        text = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(f"{path.name} {len(text)}\n".encode() + text)
    return total.hexdigest()


def allowed_axioms(folder: Path) -> tuple[str, ...]:
    """The axioms that a theorem may use, from `axioms.txt`."""
    lines = (folder / "axioms.txt").read_text(encoding="utf-8").splitlines()
    return tuple(sorted(line.strip() for line in lines if line.strip() and line[0] != "#"))


def without_comments(text: str) -> str:
    """Coq source without its comments, which may be nested."""
    kept, depth = [], 0
    for part in re.split(r"(\(\*|\*\))", text):
        if part == "(*":
            depth += 1
        elif part == "*)" and depth:
            depth -= 1
        elif not depth:
            kept.append(part)
    return "".join(kept)


def forbidden(folder: Path) -> list[str]:
    """One sentence for each word in the sources that leaves something unproved."""
    found = []
    for path in source_files(folder):
        code = " ".join(without_comments(path.read_text(encoding="utf-8")).split())
        found += [
            f"{path.name} contains {word!r}."
            for word in FORBIDDEN
            if re.search(rf"(?<![\w.']){word}(?![\w'])", code)
        ]
    return found


def statement_of(text: str, name: str) -> str | None:
    """The statement of a theorem in Coq source, with single spaces, or `None` if it is not there."""
    code = without_comments(text)
    found = re.search(rf"\b{KEYWORD}\s+{re.escape(name)}\b(.*?)\.\s+Proof\b", code, re.DOTALL)
    return " ".join(found.group(0).rsplit(".", 1)[0].split()) + "." if found else None


def main_theorems(folder: Path) -> dict[str, Source]:
    """The theorems whose comment says what they support, by name, in the order of the sources.

    Raises:
        InvalidInput: for a comment without words or statement, or an example that is not there.
    """
    found: dict[str, Source] = {}
    for path in source_files(folder):
        text = path.read_text(encoding="utf-8")
        for comment, name in re.findall(rf"\(\*\*(.*?)\*\)\s*{KEYWORD}\s+(\w+)", text, re.DOTALL):
            words, fields = _split(comment)
            statement = statement_of(text, name)
            full = f"{path.stem}.{name}"
            if not fields["Supports"]:
                raise InvalidInput(f"{full} must say in its comment which items it supports.")
            if not words or statement is None:
                raise InvalidInput(f"{full} must have a statement in words and a proof.")
            instance = fields["Instance"]
            if instance and statement_of(text, instance) is None:
                raise InvalidInput(
                    f"{full} names an example that is not in {path.name}: {instance}."
                )
            found[full] = Source(
                full,
                path.name,
                words,
                statement,
                tuple(item.strip() for item in fields["Supports"].split(",")),
                fields["Outside"],
                instance,
            )
    return found


def _split(comment: str) -> tuple[str, dict[str, str]]:
    parts = re.split(rf"\b({'|'.join(FIELDS)}):", comment)
    fields = dict.fromkeys(FIELDS, "")
    for key, value in zip(parts[1::2], parts[2::2], strict=True):
        fields[key] = " ".join(value.split())
    return " ".join(parts[0].split()), fields
