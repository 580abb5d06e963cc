"""Where a statement fails, by how much, and what evidence it rests on; what cannot fail is refused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gnnconv_lib.claims.domain import Cases
from gnnconv_lib.claims.evaluation import Statement
from gnnconv_lib.claims.registry import Claim
from gnnconv_lib.claims.sides import Conjunction, Sides
from gnnconv_lib.evidence import KINDS
from gnnconv_lib.validation import InvalidInput

__all__ = ["Judged", "judge", "proved_to_fail", "weakest"]


@dataclass(frozen=True)
class Judged:
    """A statement at every case: where it fails, and the part of it that fails there."""

    excess: np.ndarray
    worst: list[Sides]
    kind: str

    @property
    def failing(self) -> np.ndarray:
        return self.excess > 0


def judge(claim: Claim, entry: Statement, cases: Cases, lenient: bool = False) -> Judged:
    """Where the statement fails and what its verdict rests on.

    Args:
        claim: the claim, with its tolerance.
        entry: the statement at all cases.
        cases: the cases.
        lenient: for a search or a single case: nothing is refused.

    Raises:
        InvalidInput: for a statement that cannot fail, and for numbers that contradict a proof.
    """
    parts = entry.parts if isinstance(entry, Conjunction) else (entry,)
    if not lenient:
        for part in parts:
            _refuse_what_cannot_fail(claim, part, len(cases))
    each = np.stack([part.excess(len(cases), claim.tolerance) for part in parts])
    chosen = np.argmax(each, axis=0)
    if not lenient:
        for part, row in zip(parts, each, strict=True):
            _refuse_a_refuted_formula(claim, part, row)
    kinds = [_kind(claim, part, row) for part, row in zip(parts, each, strict=True)]
    return Judged(each.max(axis=0), [parts[k] for k in chosen], weakest(kinds))


def _kind(claim: Claim, part: Sides, excess: np.ndarray) -> str:
    if part.proof is None:
        return part.kind
    if not part.proof.proved:
        return "search"
    if (excess > 0).any():
        raise InvalidInput(f"{claim.id}: the numbers contradict what {part.kind} evidence proves.")
    return part.kind


def weakest(kinds: list[str]) -> str:
    """The kind of evidence of a whole whose parts have these kinds."""
    return max(kinds, key=KINDS.index)


def proved_to_fail(part: Sides) -> bool:
    """Whether a proof says that these sides do not compare so."""
    return part.refutation is not None and part.refutation.proved


def _refuse_a_refuted_formula(claim: Claim, part: Sides, excess: np.ndarray) -> None:
    if proved_to_fail(part) and not (excess > 0).any():
        raise InvalidInput(f"{claim.id}: no number contradicts it, but it is proved to fail.")
    if part.proof is not None and part.proof.status == "refuted" and not (excess > 0).any():
        raise InvalidInput(f"{claim.id}: no number contradicts it, but a proof of it is refuted.")


def _refuse_what_cannot_fail(claim: Claim, part: Sides, count: int) -> None:
    if any(np.isnan(np.asarray(side, float)).any() for side in (part.left, part.right)):
        raise InvalidInput(f"{claim.id}: a side is not a number; report divergence as infinity.")
    if part.proof is not None or claim.exempt:
        return
    left, right = np.asarray(part.left, float), np.asarray(part.right, float)
    if part.left is part.right:
        raise InvalidInput(f"{claim.id}: both sides are one expression.")
    if count < 2:
        return
    if _constant(left, count) and _constant(right, count):
        raise InvalidInput(f"{claim.id}: no side depends on the case.")
    same = part.relation == "=" and left.shape == right.shape and np.array_equal(left, right)
    # Two routes through few or simple numbers may round alike; through many they do not.
    if same and np.sum(np.unique(left) % 1 != 0) >= 100:
        raise InvalidInput(f"{claim.id}: two routes agree to the last bit, so they are one.")


def _constant(side: np.ndarray, count: int) -> bool:
    if not side.shape or side.shape[0] != count:
        return side.size == 1
    return bool(np.all(side == side[:1]))
