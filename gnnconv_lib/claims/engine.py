"""The engine that decides claims: the only writer of verdicts, witnesses, kinds and summaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gnnconv_lib import proofs
from gnnconv_lib.claims.domain import Cases
from gnnconv_lib.claims.evaluation import Statement, evaluate, printed_of, statements
from gnnconv_lib.claims.judging import Judged, judge, proved_to_fail, weakest
from gnnconv_lib.claims.proofs import kind_of
from gnnconv_lib.claims.refutations import kind_at
from gnnconv_lib.claims.registry import REPAIRS, Claim, named
from gnnconv_lib.claims.sides import Conjunction, Sides
from gnnconv_lib.claims.wording import failed, held, numbers_of, outcomes
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.validation import InvalidInput

__all__ = ["decide"]

_ROUNDS = {"quick": 10, "full": 30}


def decide(claim: Claim, budget: str = "quick") -> Evidence:
    """The evidence for a claim within a budget.

    Raises:
        InvalidInput: for cases that do not fill the hypotheses, a check that cannot fail, a side
            that is NaN, a proof that the numbers contradict, and a witness that does not refute
            when the statement is evaluated at it alone.
    """
    cases = _searched(claim, budget)
    found = evaluate(claim, cases)
    printed, text = printed_of(found)
    judged = {name: judge(claim, entry, cases) for name, entry in printed.items()}
    corrected = None if found.corrected is None else judge(claim, found.corrected, cases)
    if corrected is not None:
        if len(judged) == 1 and _same(judged[""].excess, corrected.excess):
            raise InvalidInput(f"{claim.id}: the corrected sides are the printed ones.")
        if claim.corrected_by or claim.role == "correction":
            raise InvalidInput(f"{claim.id}: a statement has one correction.")
    good = corrected is not None and not corrected.failing.any()
    numbers = numbers_of(cases, judged, corrected, found.facts)
    if claim.corrected_by:
        other = decide(named(claim.corrected_by), budget)
        good = other.verdict == "holds"
    has_correction = corrected is not None or bool(claim.corrected_by)
    failing = {name: entry for name, entry in judged.items() if entry.failing.any()}
    kind = weakest([entry.kind for entry in judged.values()])
    # With another version of the sources the claim falls to its next evidence.
    checked = bool(claim.theorems) and all(proofs.theorem(name) for name in claim.theorems)
    if checked and failing:
        raise InvalidInput(f"{claim.id}: the numbers contradict {claim.theorem}.")
    if not failing:
        kind = "machine-checked" if checked else kind
        verdict = "open" if claim.conjecture or _undecided(printed) else "holds"
        summary = held(claim, kind, cases)
        has = good if has_correction else None
        return _evidence(claim, kind, verdict, summary, numbers, None, has)
    name, entry = next(iter(failing.items()))
    regime = claim.domain.in_regime(cases)
    place = _place(entry, regime)
    degenerate = claim.domain.regime is not None and not (entry.failing & regime).any()
    if not _refutes(claim, cases.only(place), name):
        raise InvalidInput(f"{claim.id}: its witness alone does not refute it.")
    witness = _witness(claim, entry.worst[place], cases, place, degenerate)
    # What fails is refuted by one case, what holds is as strong as its evidence.
    kinds = {n: _refuted(claim, e, cases, _place(e, regime)) for n, e in failing.items()}
    kind = weakest([kinds.get(n, e.kind) for n, e in judged.items()])
    by_proof = proved_to_fail(entry.worst[place])
    summary = failed(entry, len(cases), witness, name, "" if by_proof else kinds[name])
    summary = f"Proved to fail. {summary}" if by_proof else summary
    if text:
        verdict = "not reproducible as described"
        summary = f"Not stated: {text}. {outcomes(judged)} {summary}"
    elif len(judged) > len(failing):
        verdict = "depends on the reading"
        summary = f"{outcomes(judged)} {summary}"
    elif all(not (e.failing & regime).any() for e in failing.values()):
        # Nothing fails where the statement is meant: its regime is the missing hypothesis.
        verdict = "slip"
        assert claim.domain.regime is not None
        summary += f" No violation where {claim.domain.regime.words} (search)."
    else:
        verdict = REPAIRS[claim.repair] if good else "false"
    if has_correction:
        repaired = other.kind if corrected is None else corrected.kind
        # A false statement is decided by its refutation; one with a correction needs that as well.
        if verdict != "false":
            kind = weakest([kind, repaired])
        summary += (
            f" The corrected statement holds in every case ({repaired})."
            if good
            else " The corrected statement fails too."
        )
    elif verdict == "slip":
        kind = "search"
    return _evidence(
        claim, kind, verdict, summary, numbers, witness, good if has_correction else None
    )


def _searched(claim: Claim, budget: str) -> Cases:
    """The cases of the domain and, where it says how to move, those that an optimiser found.

    It climbs towards the largest violation of each statement, printed and corrected.
    """
    start = claim.domain.cases(budget)
    if claim.domain.move is None:
        return start
    everything = start
    for which in range(len(statements(evaluate(claim, start)))):
        climbed = _climb(claim, start, which, _ROUNDS[budget])
        everything = everything.followed_by(climbed)
    return claim.domain.checked(everything)


def _climb(claim: Claim, start: Cases, which: int, rounds: int) -> Cases:
    assert claim.domain.move is not None
    generator = np.random.default_rng(1729)

    def height(cases: Cases) -> np.ndarray:
        entry = statements(evaluate(claim, cases))[which]
        return judge(claim, entry, cases, lenient=True).excess

    here, best = start, height(start)
    for number in range(rounds):
        spread = 0.5 * 0.02 ** (number / rounds)
        moved = Cases(dict(claim.domain.move(here.columns, spread, generator)))
        new = height(moved)
        better = new > best
        here = Cases(
            {
                name: np.where(_like(better, values), moved.columns[name], values)
                for name, values in here.columns.items()
            }
        )
        best = np.where(better, new, best)
    return here


def _like(mask: np.ndarray, values: Any) -> np.ndarray:
    return mask.reshape(-1, *(1,) * (np.ndim(values) - 1))


def _undecided(printed: Mapping[str, Statement]) -> bool:
    """Whether a statement without numbers rests on a proof that was not found."""
    return any(
        part.proof is not None and not part.proof.proved
        for entry in printed.values()
        for part in (entry.parts if isinstance(entry, Conjunction) else (entry,))
    )


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.array_equal(one, other))


def _place(entry: Judged, regime: np.ndarray) -> int:
    """The first case that fails, where possible one that the statement is about."""
    inside = entry.failing & regime
    return int(np.argmax(inside if inside.any() else entry.failing))


def _refuted(claim: Claim, entry: Judged, cases: Cases, place: int) -> str:
    """The kind of a refutation: that of its proof or of the exact sides at its witness, if any."""
    part = entry.worst[place]
    if proved_to_fail(part):
        return kind_of(part.refutation)
    if part.exactly is None:
        return entry.kind
    shown = part.at(place, len(cases), claim.tolerance)
    try:
        kind = kind_at(part.exactly, cases.row(place), part.relation, shown)
    except InvalidInput as error:
        raise InvalidInput(f"{claim.id}: at its witness {error}") from None
    return kind or entry.kind


def _refutes(claim: Claim, alone: Cases, name: str) -> bool:
    """Whether the printed statement of that name fails at a single case.

    A number that only the full set of cases gives is no witness.
    """
    printed, _ = printed_of(evaluate(claim, alone))
    return bool(judge(claim, printed[name], alone, lenient=True).failing.any())


def _witness(claim: Claim, part: Sides, cases: Cases, place: int, degenerate: bool) -> Witness:
    left, right = part.at(place, len(cases), claim.tolerance)
    case = claim.domain.say(cases.row(place))
    return Witness(case, left, right, *part.names, part.relation, degenerate)


def _evidence(
    claim: Claim,
    kind: str,
    verdict: str,
    summary: str,
    numbers: Mapping[str, float],
    witness: Witness | None,
    corrected: bool | None,
) -> Evidence:
    if claim.role == "correction":
        corrected = verdict == "holds"
    return Evidence(
        kind,
        verdict,
        summary,
        numbers,
        claim.tolerance,
        witness,
        hypotheses=claim.domain.hypotheses,
        corrected=corrected,
    )
