"""What the engine finds for a claim: a verdict, the kind of evidence behind it, a witness, its numbers.

Nothing but `gnnconv_lib.claims` writes one. Kinds, strongest first: `machine-checked` (a theorem of
the proof checker), `symbolic` (a computer-algebra zero, an SMT solver's `unsat`, exact rational
arithmetic), `certified` (an inequality on a whole interval, by ball arithmetic), `proved` (a
numbered proof on a page), `numerical` (two routes that share no formula), `monte carlo` (mean,
standard error, z-score), `search` (the worst case that a search for a violation found).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["KINDS", "REFUTED", "VERDICTS", "Evidence", "Witness", "combine"]

KINDS: tuple[str, ...] = (
    "machine-checked",
    "symbolic",
    "certified",
    "proved",
    "numerical",
    "monte carlo",
    "search",
)
# From the most to the least favourable. The ledger's page says what each means.
VERDICTS: tuple[str, ...] = (
    "holds",
    "open",
    "slip",
    "holds with correction",
    "depends on the reading",
    "not reproducible as described",
    "false",
)
REFUTED: tuple[str, ...] = VERDICTS[2:]


@dataclass(frozen=True)
class Witness:
    """The smallest case found for which a printed statement fails, with both of its sides.

    Fields:
        case: the case in words, e.g. `"star with 3 leaves, W1 = 0, W2 = 1, L = 2"`.
        left, right: the values of the two sides there.
        left_name, right_name: what they are.
        relation: what the statement says of them: `"<="`, `"<"`, `"="`.
        degenerate: whether it lies outside the regime that the statement is about.
    """

    case: str
    left: float
    right: float
    left_name: str = "left side"
    right_name: str = "right side"
    relation: str = "<="
    degenerate: bool = False

    def __str__(self) -> str:
        sides = f"{_side(self.left_name, self.left)}, {_side(self.right_name, self.right)}"
        where = " (outside the regime of the statement)" if self.degenerate else ""
        return f"{self.case}{where}: {sides}, where {self.relation} is stated"


def _side(name: str, value: float) -> str:
    """A side and its value; a number that is its own name is said once."""
    said = _said(value)
    return said if name == said else f"{name} = {said}"


def _said(value: float) -> str:
    return f"{value:.6g}".replace("inf", "infinity")


@dataclass(frozen=True)
class Evidence:
    """What was found for one claim.

    Fields:
        kind: one of `KINDS`.
        verdict: one of `VERDICTS`, decided by the numbers.
        summary: what was found, made from the counts.
        numbers: what was measured, by name (unrounded).
        tolerance: what "equal" meant, where that applies.
        witness: given with a verdict that refutes.
        hypotheses: the domain of the claim in words.
        corrected: whether the corrected statement held on the whole domain; None without one.

    Raises:
        InvalidInput: for an unknown kind or verdict, or a refutation without a witness.
    """

    kind: str
    verdict: str
    summary: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    tolerance: float | None = None
    witness: Witness | None = None
    hypotheses: str = ""
    corrected: bool | None = None

    def __post_init__(self) -> None:
        require_choice("kind", self.kind, KINDS)
        require_choice("verdict", self.verdict, VERDICTS)
        if self.verdict in REFUTED and self.witness is None:
            raise InvalidInput(f"witness must be given when the verdict is {self.verdict!r}.")


def combine(evidence: list[Evidence]) -> str:
    """The verdict of an item from the evidence of all its claims: the least favourable one.

    >>> holds = Evidence("numerical", "holds", "Both routes agree.")
    >>> combine([holds, Evidence("search", "holds", "No violation in 100 cases.")])
    'holds'

    Raises:
        InvalidInput: for an empty list, since an item without a claim has no verdict.
    """
    if not evidence:
        raise InvalidInput("evidence must hold at least one entry, got an empty list.")
    return max((e.verdict for e in evidence), key=VERDICTS.index)
