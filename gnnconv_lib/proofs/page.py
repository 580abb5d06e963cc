"""The list of machine-checked theorems on the page `book/back/what-is-trusted`, from the record."""

from __future__ import annotations

from pathlib import Path

from gnnconv_lib.proofs.record import MachineChecked, record, theorems
from gnnconv_lib.proofs.sources import allowed_axioms, find_proofs

__all__ = ["STALE", "theorems_text"]

STALE = (
    "**No theorem is machine-checked in this copy**: the record of the proofs is missing or belongs "
    "to other sources. `make proofs` renews it."
)


def theorems_text(start: Path | None = None) -> str:
    """The Markdown of the list: one sentence with the numbers, the axioms, a table, the statements.

    Args:
        start: the folder to look from; by default that of the library.
    """
    folder = find_proofs(start)
    found = theorems(folder) if folder else {}
    kept = record(folder) if folder else None
    if folder is None or kept is None or not found:
        return STALE
    items = {item for entry in found.values() for item in entry.supports}
    axioms = ", ".join(f"`{name}`" for name in allowed_axioms(folder))
    parts = [
        f"Coq {kept.coq} accepts {len(found)} main theorems, which support {len(items)} items of the "
        f"ledger. Allowed are these axioms and no other: {axioms}.",
        _table(list(found.values())),
        *(_section(entry) for entry in found.values()),
    ]
    return "\n\n".join(parts)


def _table(entries: list[MachineChecked]) -> str:
    lines = ["| theorem | items of the ledger | axioms | with facts from outside |"]
    lines += ["| --- | --- | --- | --- |"]
    for entry in entries:
        items = ", ".join(f"`{item}`" for item in entry.supports)
        outside = "yes" if entry.outside else "no"
        lines.append(f"| `{entry.name}` | {items} | {len(entry.axioms)} | {outside} |")
    return "\n".join(lines)


def _section(entry: MachineChecked) -> str:
    outside = f"*From outside of Coq:* {entry.outside}." if entry.outside else ""
    met = f"*Its hypotheses can be met:* `{entry.instance}`."
    block = f"```text\n{entry.type}\n```"
    head = f"### {entry.name.split('.')[1].replace('_', ' ').capitalize()}"
    source = f"`{entry.name}` in `proofs/{entry.file}`."
    return "\n\n".join(
        part for part in (head, entry.words, block, outside, f"{met} {source}") if part
    )
