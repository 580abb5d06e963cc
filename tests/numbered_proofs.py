"""Numbered proofs on the pages: what a page must show before an item counts as proved.

An item names a statement of a page, `proof: <page>#<label>`. Its proof is the `prf:proof` that follows
the statement, or one that begins with "(of {prf:ref}`label`)". A step is a paragraph or a numbered
line, with the displayed formulas in it. Each step names, between backticks, a claim of the ledger
that tests what it says; the prefix `companion:` may be left out.
"""

import json
import re
from dataclasses import dataclass

STATEMENT = re.compile(r"^:::\{prf:(?!proof)\w+\}.*\n:label: (\S+)$", re.MULTILINE)
PROOF = re.compile(r"^:::\{prf:proof\}\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
OF_ANOTHER = re.compile(r"\(of \{prf:ref\}`([^`]+)`\)")
NAME = re.compile(r"(?<!\})`((?:[a-z]+(?:\d{4})?:)?[a-z]+-[a-z0-9-]+(?:/[a-z0-9-]+){0,2})`")
ANCHOR = re.compile(r"^\([a-z0-9-]+\)=$", re.MULTILINE)


@dataclass(frozen=True)
class Proof:
    """The steps of a proof as text, and the claims that each of them names."""

    steps: tuple[str, ...]

    @property
    def names(self):
        return tuple(tuple(map(full_name, NAME.findall(step))) for step in self.steps)


def full_name(name):
    return name if ":" in name else f"companion:{name}"


def markdown(path):
    """The text of a page without its code cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def steps_of(text):
    """A proof cut at blank lines and before numbered lines; formulas and what continues them stay."""
    text = re.sub(r"\n(?=\d+\. )", "\n\n", ANCHOR.sub("", OF_ANOTHER.sub("", text)))
    steps = []
    for block in filter(None, (part.strip() for part in re.split(r"\n\s*\n", text))):
        if steps and (block.startswith("$$") or block[0].islower()):
            steps[-1] += f"\n\n{block}"
        else:
            steps.append(block)
    return tuple(steps)


def find_proof(text, label):
    """The proof of the statement with this label on a page, or None."""
    statements = [(match.start(), match[1]) for match in STATEMENT.finditer(text)]
    if label not in [name for _, name in statements]:
        return None
    for match in PROOF.finditer(text):
        named = OF_ANOTHER.match(match[1])
        before = [name for place, name in statements if place < match.start()]
        if (named[1] if named else (before or [None])[-1]) == label:
            return Proof(steps_of(match[1]))
    return None


def faults(item, text, claims, verdicts, shared=()):
    """Why the proof of an item does not count, as sentences.

    Args:
        item: an item of the ledger with a proof.
        text: the page.
        claims: from the id of a claim of the audit, the claim.
        verdicts: from the id of a claim, what was found.
        shared: the other items with the same proof.
    """
    proof = find_proof(text, item.proof.split("#")[1])
    if proof is None:
        return [f"{item.id}: the page has no statement with a proof at {item.proof}."]
    wanted = set(item.steps).union(*(other.steps for other in shared))
    named = {name for names in proof.names for name in names}
    found = (
        [] if item.verdict == "holds" else [f"{item.id}: what is proved must hold as it stands."]
    )
    found += [
        f"{item.id}: step {number} of {item.proof} names no claim of its steps: {step[:60]!r}."
        for number, (step, names) in enumerate(zip(proof.steps, proof.names, strict=True), start=1)
        if not wanted & set(names)
    ]
    found += [
        f"{item.id}: {item.proof} names {name}, which is none of its steps."
        for name in sorted(named - wanted)
    ]
    found += [
        f"{item.id}: {item.proof} does not name the step {name}."
        for name in sorted(set(item.steps) - named)
    ]
    found += [
        f"{item.id}: the step {name} is no claim that holds."
        for name in sorted(set(item.steps))
        if name not in claims or verdicts.get(name) != "holds"
    ]
    clauses = {c.clause for c in claims.values() if c.item == item.id and c.role == "printed"}
    shown = {
        claims[name].clause
        for name in item.steps
        if name in claims and claims[name].item == item.id
    }
    found += [
        f"{item.id}: no step of {item.proof} is about its clause {clause!r}."
        for clause in sorted(clauses - shown)
    ]
    return found
