"""The engine that decides claims: the only writer of verdicts, witnesses, kinds and summaries."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnnconv_lib import proofs
from gnnconv_lib.claims.domain import Cases
from gnnconv_lib.claims.proofs import kind_of
from gnnconv_lib.claims.refutations import kind_at
from gnnconv_lib.claims.registry import REPAIRS, Claim, named
from gnnconv_lib.claims.sides import Alternatives, Conjunction, Found, Sides
from gnnconv_lib.evidence import KINDS, Evidence, Witness
from gnnconv_lib.validation import InvalidInput

__all__ = ["decide", "refutes"]

Statement = Sides | Conjunction
_ROUNDS = {"quick": 10, "full": 30}


@dataclass(frozen=True)
class _Judged:
    """A statement at every case: where it fails, and the part of it that fails there."""

    excess: np.ndarray
    worst: list[Sides]
    kind: str

    @property
    def failing(self) -> np.ndarray:
        return self.excess > 0


def decide(claim: Claim, budget: str = "quick") -> Evidence:
    """The evidence for a claim within a budget.

    Raises:
        InvalidInput: for cases that do not fill the hypotheses, a check that cannot fail, a side
            that is NaN, and a proof that the numbers contradict.
    """
    cases = _searched(claim, budget)
    found = _evaluate(claim, cases)
    printed, text = _printed(found)
    judged = {name: _judge(claim, entry, cases) for name, entry in printed.items()}
    corrected = None if found.corrected is None else _judge(claim, found.corrected, cases)
    if corrected is not None:
        if len(judged) == 1 and _same(judged[""].excess, corrected.excess):
            raise InvalidInput(f"{claim.id}: the corrected sides are the printed ones.")
        if claim.corrected_by or claim.role == "correction":
            raise InvalidInput(f"{claim.id}: a statement has one correction.")
    good = corrected is not None and not corrected.failing.any()
    numbers = _numbers(cases, judged, corrected, found.facts)
    if claim.corrected_by:
        other = decide(named(claim.corrected_by), budget)
        good = other.verdict == "holds"
    has_correction = corrected is not None or bool(claim.corrected_by)
    failing = {name: entry for name, entry in judged.items() if entry.failing.any()}
    kind = _weakest([entry.kind for entry in judged.values()])
    # With another version of the sources the claim falls to its next evidence.
    checked = bool(claim.theorems) and all(proofs.theorem(name) for name in claim.theorems)
    if checked and failing:
        raise InvalidInput(f"{claim.id}: the numbers contradict {claim.theorem}.")
    if not failing:
        kind = "machine-checked" if checked else kind
        verdict = "open" if claim.conjecture or _undecided(printed) else "holds"
        summary = _held(claim, kind, cases)
        has = good if has_correction else None
        return _evidence(claim, kind, verdict, summary, numbers, None, has)
    name, entry = next(iter(failing.items()))
    regime = claim.domain.in_regime(cases)
    place = _place(entry, regime)
    degenerate = claim.domain.regime is not None and not (entry.failing & regime).any()
    witness = _witness(claim, entry.worst[place], cases, place, degenerate)
    # What fails is refuted by one case, what holds is as strong as its evidence.
    kinds = {n: _refuted(claim, e, cases, _place(e, regime)) for n, e in failing.items()}
    kind = _weakest([kinds.get(n, e.kind) for n, e in judged.items()])
    by_proof = _proved_to_fail(entry.worst[place])
    summary = _failed(entry, len(cases), witness, name, "" if by_proof else kinds[name])
    summary = f"Proved to fail. {summary}" if by_proof else summary
    if text:
        verdict = "not reproducible as described"
        summary = f"Not stated: {text}. {_outcomes(judged)} {summary}"
    elif len(judged) > len(failing):
        verdict = "depends on the reading"
        summary = f"{_outcomes(judged)} {summary}"
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
            kind = _weakest([kind, repaired])
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


def refutes(claim: Claim, budget: str = "quick", found: Evidence | None = None) -> bool:
    """Whether the statement fails again when it is evaluated at the shown witness alone.

    Args:
        claim: the claim.
        budget: the budget of the evidence.
        found: its evidence, if it was decided already.
    """
    witness = (found or decide(claim, budget)).witness
    if witness is None:
        return False
    cases = _searched(claim, budget)
    for index in range(len(cases)):
        if claim.domain.say(cases.row(index)) == witness.case:
            alone = cases.only(index)
            printed, _ = _printed(_evaluate(claim, alone))
            if any(
                _judge(claim, entry, alone, lenient=True).failing.any()
                for entry in printed.values()
            ):
                return True
    return False


def _searched(claim: Claim, budget: str) -> Cases:
    """The cases of the domain and, where it says how to move, those that an optimiser found.

    It climbs towards the largest violation of each statement, printed and corrected.
    """
    start = claim.domain.cases(budget)
    if claim.domain.move is None:
        return start
    everything = start
    for which in range(len(_statements(_evaluate(claim, start)))):
        climbed = _climb(claim, start, which, _ROUNDS[budget])
        everything = everything.followed_by(climbed)
    return claim.domain.checked(everything)


def _climb(claim: Claim, start: Cases, which: int, rounds: int) -> Cases:
    assert claim.domain.move is not None
    generator = np.random.default_rng(1729)

    def height(cases: Cases) -> np.ndarray:
        entry = _statements(_evaluate(claim, cases))[which]
        return _judge(claim, entry, cases, lenient=True).excess

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


def _statements(found: Found) -> list[Statement]:
    printed, _ = _printed(found)
    return [*printed.values(), *([found.corrected] if found.corrected is not None else [])]


def _evaluate(claim: Claim, cases: Cases) -> Found:
    wanted = inspect.signature(claim.function).parameters
    unknown = [name for name in wanted if name not in cases.columns]
    if unknown:
        raise InvalidInput(f"{claim.id}: the domain has no column {unknown[0]!r}.")
    if not claim.each:
        columns = {name: _array(cases.columns[name]) for name in wanted}
        return _found(claim, claim.function(**columns))
    rows = [
        _found(claim, claim.function(**{name: cases.columns[name][index] for name in wanted}))
        for index in range(len(cases))
    ]
    return _stacked(claim, rows)


def _array(values: Any) -> Any:
    if isinstance(values, np.ndarray):
        return values
    if all(isinstance(value, (bool, int, float, np.generic)) for value in values):
        return np.asarray(values)
    objects = np.empty(len(values), dtype=object)
    objects[:] = values
    return objects


def _found(claim: Claim, returned: Any) -> Found:
    if isinstance(returned, Found):
        return returned
    if isinstance(returned, tuple) and len(returned) == 2:
        return Found(*returned)
    if isinstance(returned, (Sides, Conjunction, Alternatives)):
        return Found(returned)
    raise InvalidInput(f"{claim.id}: sides must be returned, got {type(returned).__name__}.")


def _stacked(claim: Claim, rows: list[Found]) -> Found:
    """One `Found` over all cases from one per case."""
    first = rows[0]
    if isinstance(first.printed, Alternatives):
        names = list(first.printed.by_name)
        printed: Any = Alternatives(
            {name: _stack(claim, [_named(row.printed, name) for row in rows]) for name in names},
            first.printed.text,
        )
    else:
        printed = _stack(claim, [row.printed for row in rows])
    corrected = None
    if first.corrected is not None:
        corrected = _stack(claim, [row.corrected for row in rows])
    facts: dict[str, float] = {}
    for row in rows:
        for name, value in row.facts.items():
            smaller = name.startswith("smallest")
            known = facts.get(name, float(value))
            facts[name] = (min if smaller else max)(known, float(value))
    return Found(printed, corrected, facts)


def _named(printed: Any, name: str) -> Any:
    return printed.by_name[name]


def _stack(claim: Claim, entries: list[Any]) -> Any:
    if isinstance(entries[0], Conjunction):
        columns = zip(*(entry.parts for entry in entries), strict=True)
        return Conjunction(tuple(_stack(claim, list(column)) for column in columns))
    first = entries[0]
    return Sides(
        _joined([entry.left for entry in entries]),
        _joined([entry.right for entry in entries]),
        first.relation,
        first.names,
        None if first.scale is None else _joined([entry.scale for entry in entries]),
        None if first.error is None else _joined([entry.error for entry in entries]),
        _common(claim, [entry.proof for entry in entries]),
        _common(claim, [entry.refutation for entry in entries]),
        first.exactly,
    )


def _common(claim: Claim, found: list[Any]) -> Any:
    """The proof that all cases share: one that a single case lacks says nothing of the others."""
    if any(proof != found[0] for proof in found):
        raise InvalidInput(f"{claim.id}: all cases must rest on one proof.")
    return found[0]


def _joined(values: list[Any]) -> np.ndarray:
    """Numbers or arrays of one case each, one row per case; shorter rows repeat their last entry."""
    flat = [np.ravel(np.asarray(value, float)) for value in values]
    width = max(len(row) for row in flat)
    return np.stack([np.pad(row, (0, width - len(row)), mode="edge") for row in flat])


def _printed(found: Found) -> tuple[dict[str, Statement], str]:
    if isinstance(found.printed, Alternatives):
        return dict(found.printed.by_name), found.printed.text
    return {"": found.printed}, ""


def _judge(claim: Claim, entry: Statement, cases: Cases, lenient: bool = False) -> _Judged:
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
    return _Judged(each.max(axis=0), [parts[k] for k in chosen], _weakest(kinds))


def _kind(claim: Claim, part: Sides, excess: np.ndarray) -> str:
    if part.proof is None:
        return part.kind
    if not part.proof.proved:
        return "search"
    if (excess > 0).any():
        raise InvalidInput(f"{claim.id}: the numbers contradict what {part.kind} evidence proves.")
    return part.kind


def _refuse_a_refuted_formula(claim: Claim, part: Sides, excess: np.ndarray) -> None:
    if _proved_to_fail(part) and not (excess > 0).any():
        raise InvalidInput(f"{claim.id}: no number contradicts it, but it is proved to fail.")
    if part.proof is not None and part.proof.status == "refuted" and not (excess > 0).any():
        raise InvalidInput(f"{claim.id}: no number contradicts it, but a proof of it is refuted.")


def _undecided(printed: Mapping[str, Statement]) -> bool:
    """Whether a statement without numbers rests on a proof that was not found."""
    return any(
        part.proof is not None and not part.proof.proved
        for entry in printed.values()
        for part in (entry.parts if isinstance(entry, Conjunction) else (entry,))
    )


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


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.array_equal(one, other))


def _weakest(kinds: list[str]) -> str:
    return max(kinds, key=KINDS.index)


def _numbers(
    cases: Cases,
    judged: Mapping[str, _Judged],
    corrected: _Judged | None,
    facts: Mapping[str, Any],
) -> dict[str, float]:
    numbers = {"cases": float(len(cases))}
    for name, entry in judged.items():
        end = f", {name}" if name else ""
        numbers[f"violations{end}"] = float(entry.failing.sum())
        numbers[f"largest excess{end}"] = float(entry.excess.max())
    if corrected is not None:
        numbers["violations, corrected"] = float(corrected.failing.sum())
        numbers["largest excess, corrected"] = float(corrected.excess.max())
    return numbers | {name: float(value) for name, value in facts.items()}


def _held(claim: Claim, kind: str, cases: Cases) -> str:
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


def _proved_to_fail(part: Sides) -> bool:
    return part.refutation is not None and part.refutation.proved


def _place(entry: _Judged, regime: np.ndarray) -> int:
    """The first case that fails, where possible one that the statement is about."""
    inside = entry.failing & regime
    return int(np.argmax(inside if inside.any() else entry.failing))


def _refuted(claim: Claim, entry: _Judged, cases: Cases, place: int) -> str:
    """The kind of a refutation: that of its proof or of the exact sides at its witness, if any."""
    part = entry.worst[place]
    if _proved_to_fail(part):
        return kind_of(part.refutation)
    if part.exactly is None:
        return entry.kind
    shown = part.at(place, len(cases), claim.tolerance)
    try:
        kind = kind_at(part.exactly, cases.row(place), part.relation, shown)
    except InvalidInput as error:
        raise InvalidInput(f"{claim.id}: at its witness {error}") from None
    return kind or entry.kind


_EXACT = {"symbolic": "by exact arithmetic, ", "certified": "by ball arithmetic, "}


def _failed(entry: _Judged, count: int, witness: Witness, name: str, kind: str) -> str:
    reading = f" ({name})" if name else ""
    return (
        f"Fails in {int(entry.failing.sum())} of {count} cases{reading}; "
        f"smallest: {_EXACT.get(kind, '')}{witness}."
    )


def _outcomes(judged: Mapping[str, _Judged]) -> str:
    words = [
        f"{name}: {'fails' if entry.failing.any() else 'holds'}" for name, entry in judged.items()
    ]
    return f"{'; '.join(words)}."


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
