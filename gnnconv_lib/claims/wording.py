"""The numbers and the sentences in which the engine reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gnnconv_lib.claims.domain import Cases
from gnnconv_lib.claims.judging import Judged
from gnnconv_lib.claims.registry import Claim
from gnnconv_lib.evidence import KINDS, Witness

__all__ = ["failed", "held", "numbers_of", "outcomes"]

_EXACT = {"symbolic": "by exact arithmetic, ", "certified": "by ball arithmetic, "}


def numbers_of(
    cases: Cases,
    judged: Mapping[str, Judged],
    corrected: Judged | None,
    facts: Mapping[str, Any],
) -> dict[str, float]:
    """The counts and the largest excess of each reading, then the facts of the claim."""
    numbers = {"cases": float(len(cases))}
    for name, entry in judged.items():
        end = f", {name}" if name else ""
        numbers[f"violations{end}"] = float(entry.failing.sum())
        numbers[f"largest excess{end}"] = float(entry.excess.max())
    if corrected is not None:
        numbers["violations, corrected"] = float(corrected.failing.sum())
        numbers["largest excess, corrected"] = float(corrected.excess.max())
    return numbers | {name: float(value) for name, value in facts.items()}


def held(claim: Claim, kind: str, cases: Cases) -> str:
    """The sentence on a claim without a violation."""
    count = len(cases)
    counted = f"{count} case{'s' if count > 1 else ''}"
    if kind == "machine-checked" and claim.theorem:
        return f"Machine-checked as {claim.theorem}; no violation in {counted}."
    if kind in KINDS[:4]:
        return f"Proved ({kind}) on the whole domain."
    if kind == "numerical":
        return f"Two routes agree in {counted}, to {claim.tolerance:.0e} relative."
    if kind == "monte carlo":
        return f"Samples agree with the stated values in {counted}, within their standard errors."
    return f"No violation in {counted}."


def failed(entry: Judged, count: int, witness: Witness, name: str, kind: str) -> str:
    """The sentence on a claim that fails, with its witness."""
    reading = f" ({name})" if name else ""
    return (
        f"Fails in {int(entry.failing.sum())} of {count} cases{reading}; "
        f"smallest: {_EXACT.get(kind, '')}{witness}."
    )


def outcomes(judged: Mapping[str, Judged]) -> str:
    """What became of each reading."""
    words = [
        f"{name}: {'fails' if entry.failing.any() else 'holds'}" for name, entry in judged.items()
    ]
    return f"{'; '.join(words)}."
