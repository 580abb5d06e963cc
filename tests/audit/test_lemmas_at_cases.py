"""Hypotheses and conclusions of lemmas in numbers, at the cases of the claims that rest on them."""

import inspect
from functools import cache
from types import ModuleType

import numpy as np
import pytest

from gnnconv_lib import audit
from gnnconv_lib.claims import evaluation, named, sides, smt
from gnnconv_lib.claims.domain import Cases
from tests.audit import lemma_letters
from tests.audit.test_lemmas import IDS

pytest.importorskip("z3")
audit.names()
ROWS = 96
#: Lemmas with letters that are no columns, such as sums over some pairs of nodes.
NOT_IN_NUMBERS = """
ball_around_the_teacher any_step_of_v graph_brackets induction labels leaky_positive
loss_from_the_largest _meeting mean_of_sizes order_of_sizes positive positive_mixed
positively_homogeneous rates_are_too_large rectified_slopes stays_opposite strict_starts strict_steps
"""


class Rounded:
    """Numbers with the size of what they were made of; <=, >= and == forgive 1e-9 of it."""

    def __init__(self, value, size=None):
        self.value = np.asarray(value, float)
        self.size = np.abs(self.value) if size is None else size

    def __add__(self, other):
        other = _rounded(other)
        return Rounded(self.value + other.value, self.size + other.size)

    def __mul__(self, other):
        other = _rounded(other)
        return Rounded(self.value * other.value, self.size * other.size)

    def __truediv__(self, other):
        other = _rounded(other)
        return Rounded(self.value / other.value, self.size * other.size / other.value**2)

    def __pow__(self, power):
        return Rounded(self.value**power, self.size**power)

    def __le__(self, other):
        gap = self - other
        return gap.value <= 1e-9 * gap.size

    def __lt__(self, other):
        return self.value < _rounded(other).value

    def __eq__(self, other):
        return (self <= other) & (self >= other)

    __radd__, __rmul__ = __add__, __mul__
    __neg__ = lambda self: self * -1  # noqa: E731
    __sub__ = lambda self, other: self + -_rounded(other)  # noqa: E731
    __rsub__ = lambda self, other: -self + other  # noqa: E731
    __rtruediv__ = lambda self, other: _rounded(other) / self  # noqa: E731
    __ge__ = lambda self, other: _rounded(other) <= self  # noqa: E731
    __gt__ = lambda self, other: _rounded(other) < self  # noqa: E731
    __ne__ = lambda self, other: ~(self == other)  # noqa: E731
    __hash__ = None


def _rounded(value):
    return value if isinstance(value, Rounded) else Rounded(float(value))


def _statement(lemma):
    return inspect.getclosurevars(lemma.__wrapped__).nonlocals["statement"]


def failing(statement, found):
    """The hypotheses that fail at some case, and "the conclusion" if it does."""
    width = max(np.size(value) for value in found.values())
    numbers = {name: Rounded(np.broadcast_to(value, width)) for name, value in found.items()}
    hypotheses, conclusion = statement(**numbers)
    parts = {**hypotheses, "the conclusion": conclusion}
    return [name for name, part in parts.items() if not np.all(smt._listed([part]))]


def _proofs(found):
    if isinstance(found, sides.Found):
        return _proofs(found.printed) + _proofs(found.corrected)
    if isinstance(found, sides.Alternatives):
        return [proof for sides in found.by_name.values() for proof in _proofs(sides)]
    parts = getattr(found, "parts", [found] if found is not None else [])
    return [proof for part in parts for proof in (part.proof, part.refutation)]


@cache
def _has_lemmas(module):
    """Whether a module, or one that it imports, holds lemmas."""
    inner = [value for value in vars(module).values() if isinstance(value, ModuleType)]
    here = {holder.__name__ for holder in (module, *inner)}
    return bool(here & {_statement(lemma).__module__ for lemma in smt.LEMMAS.values()})


def _some(values, rows):
    return [values[k] for k in rows] if isinstance(values, list) else np.asarray(values)[rows]


@cache
def _uses():
    """By claim: some of its quick cases, and its lemmas."""
    owner, drawn, found = {id(lemma()): lemma for lemma in smt.LEMMAS.values()}, {}, {}
    for claim in map(named, audit.names()):
        if not _has_lemmas(inspect.getmodule(claim.function)):
            continue
        if id(claim.domain) not in drawn:
            cases = claim.domain.cases("quick")
            rows = np.unique(np.linspace(0, len(cases) - 1, ROWS).astype(int))
            drawn[id(claim.domain)] = Cases({k: _some(v, rows) for k, v in cases.columns.items()})
        cases = drawn[id(claim.domain)]
        proofs = {id(proof) for proof in _proofs(evaluation.evaluate(claim, cases.only(0)))}
        if lemmas := [owner[key] for key in proofs if key in owner]:
            found[claim.id] = cases, lemmas
    return found


@cache
def _known(claim):
    return lemma_letters.known(_uses()[claim][0].columns)


def _in_numbers():
    for claim, (_, lemmas) in _uses().items():
        scope = _known(claim)
        for statement in map(_statement, lemmas):
            wanted = inspect.signature(statement).parameters
            found = lemma_letters.letters(statement.__name__, scope)
            if set(wanted) <= set(found):
                rows = lemma_letters.WHERE.get(statement.__name__)
                kept = ... if rows is None else lemma_letters.value(rows, scope)
                found = {k: found[k] if np.ndim(found[k]) == 0 else found[k][kept] for k in wanted}
                yield claim, statement, found


def test_lemmas_hold_in_numbers_where_claims_use_them():
    seen = set()
    for claim, statement, found in _in_numbers():
        assert not failing(statement, found), (claim, statement.__name__, failing(statement, found))
        seen.add(statement.__name__)
    names = {_statement(lemma).__name__ for lemma in smt.LEMMAS.values()}
    assert names - seen == set(NOT_IN_NUMBERS.split())


def test_every_lemma_is_used_by_a_claim():
    used = {id(lemma) for _, lemmas in _uses().values() for lemma in lemmas}
    assert [name for name, lemma in smt.LEMMAS.items() if id(lemma) not in used] == []


def _narrower(hypothesis, cases):
    """The claims that a hypothesis names and that say nothing of some of these graphs and weights."""
    found = []
    for claim in map(named, IDS.findall(hypothesis)):
        claim = named(claim.corrected_by) if claim.corrected_by else claim
        for part in claim.domain.parts:
            if part.column in {"graph", "length", "cos", "l"} & set(cases.columns):
                said = part.complaints([cases.row(k) for k in range(len(cases))])
                found += [claim.id for s in said if "is outside" in s or "is not in" in s]
            elif part.column == "graph" and "measure" in cases.columns:
                found += [claim.id] if part.words != "every graph" else []
    return found


def test_claims_that_lemmas_assume_cover_the_graphs_and_weights_where_they_are_used():
    for claim, (cases, lemmas) in _uses().items():
        for hypothesis in {name for lemma in lemmas for name in lemma().hypotheses}:
            assert not _narrower(hypothesis, cases), (claim, hypothesis)


def test_a_claim_on_fewer_graphs_or_weights_is_seen():
    uses = _uses()
    unequal, _ = uses["awasthi2021:remark-unequal-degrees/lemma-5-b"]
    assert _narrower("awasthi2021:lemma-5/a-lower", unequal) == ["awasthi2021:lemma-5/a-lower"]
    segments, _ = uses["awasthi2021:remark-segment-lower"]
    assert _narrower("awasthi2021:remark-early-length-step", segments)
    assert _narrower("awasthi2021:lemma-5/a-lower", uses["companion:lemma-descent"][0])


def test_a_wrong_hypothesis_and_a_wrong_conclusion_are_seen():
    name = "awasthi2021:remark-c-upper/vanishes"  # every regular graph, every cosine
    found = lemma_letters.letters("slope_vanishes", _known(name))

    def wrong(K, S, w):
        return {"companion:lemma-sums/slope": K <= S / 2, "w = 1/π": w > 0}, K <= S

    assert failing(wrong, {k: found[k] for k in "KSw"}) == ["companion:lemma-sums/slope"]
    assert failing(lambda C, S: ({"S": S > 0}, C >= S / 4), {k: found[k] for k in "CS"}) == [
        "the conclusion"
    ]
    statement = _statement(smt.LEMMAS["gnnconv_lib.audit._size_lemmas.slope_is_large"])
    wanted = inspect.signature(statement).parameters
    assert "d + 1 ≤ 3n/(2π)" in failing(statement, {k: found[k] for k in wanted})
