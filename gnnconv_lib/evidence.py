"""What a check returns: a verdict, the kind of evidence behind it, and its numbers.

Kinds, strongest first: `symbolic` (a proof), `certified` (an inequality on a whole interval, by
ball arithmetic), `numerical` (float64 against an independent route), `monte carlo` (mean, standard
error, z-score), `search` (the worst case found by looking for a violation).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["KINDS", "VERDICTS", "Evidence", "Witness", "combine"]

Kind = Literal["symbolic", "certified", "numerical", "monte carlo", "search"]
Verdict = Literal["holds", "holds with correction", "false as printed"]

KINDS: tuple[str, ...] = ("symbolic", "certified", "numerical", "monte carlo", "search")
VERDICTS: tuple[str, ...] = ("holds", "holds with correction", "false as printed")


@dataclass(frozen=True)
class Witness:
    """The smallest input found for which a printed statement fails, with both sides' values.

    Fields:
        input: the input in words, e.g. `"star with 3 leaves, W1 = 0, W2 = 1, L = 2"`.
        printed: the value that the printed statement gives or allows.
        actual: the value found.
    """

    input: str
    printed: float
    actual: float


@dataclass(frozen=True)
class Evidence:
    """The outcome of one check.

    Fields:
        kind: one of `KINDS`.
        verdict: one of `VERDICTS`; never typed in, always decided by the numbers.
        summary: one sentence for the verdict table; numbers in it are rounded to 2-4 digits.
        numbers: what was measured, by name (unrounded).
        tolerance: what "equal" meant, where that applies.
        witness: required when the verdict is `false as printed`.
        correction: the corrected statement, required for `holds with correction`.

    Raises:
        InvalidInput: for an unknown kind or verdict, a refutation without a witness, or a
            correction that is not stated.
    """

    kind: Kind
    verdict: Verdict
    summary: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    tolerance: float | None = None
    witness: Witness | None = None
    correction: str | None = None

    def __post_init__(self) -> None:
        require_choice("kind", self.kind, KINDS)
        require_choice("verdict", self.verdict, VERDICTS)
        if self.verdict == "false as printed" and self.witness is None:
            raise InvalidInput("witness must be given when the verdict is 'false as printed'.")
        if self.verdict == "holds with correction" and not self.correction:
            raise InvalidInput(
                "correction must be stated when the verdict is 'holds with correction'."
            )


def combine(evidence: list[Evidence]) -> Verdict:
    """The verdict of an item from the evidence of all its checks: the least favourable one.

    >>> holds = Evidence("numerical", "holds", "Both routes agree.")
    >>> combine([holds, Evidence("search", "holds", "No violation in 100 graphs.")])
    'holds'

    Raises:
        InvalidInput: for an empty list, since an item without a check has no verdict.
    """
    if not evidence:
        raise InvalidInput("evidence must hold at least one entry, got an empty list.")
    return max((e.verdict for e in evidence), key=VERDICTS.index)
