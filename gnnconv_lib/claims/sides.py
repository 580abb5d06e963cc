"""The two sides of a statement at every case of a domain, and the shapes that a claim can take.

`at_most`, `less`, `equal` compare arrays; `sampled` compares a mean with a value in units of its
standard error; `proved` carries what a proof checker, solver or computer-algebra system returned;
`both` is a conjunction; `readings` holds one statement per way to read the text, `unstated` one per
way to fill in what the text leaves open. A comparison that fails may bring `exactly`, its sides
without rounding at the witness (`gnnconv_lib.claims.refutations`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gnnconv_lib.claims.proofs import kind_of
from gnnconv_lib.evidence import KINDS
from gnnconv_lib.validation import InvalidInput

__all__ = [
    "Found",
    "Sides",
    "at_most",
    "both",
    "equal",
    "less",
    "proved",
    "readings",
    "refuted",
    "sampled",
    "unstated",
]

# A mean over many cases is compared at a level at which chance fails one run in a million.
FALSE_ALARMS = 1e-6


@dataclass(frozen=True)
class Sides:
    """One comparison at every case: left `relation` right.

    Fields:
        left, right: numbers or arrays whose first axis runs over the cases.
        relation: "<=", "<" or "=".
        names: what the two sides are, for a witness.
        scale: what a difference is measured in; by default |left| + |right|.
        error: the standard errors of a sampled left side.
        proof: an object that proves the comparison on the whole domain.
        refutation: an object that proves that the comparison fails.
        exactly: the two sides without rounding, at one case where the comparison fails
            (`gnnconv_lib.claims.refutations`).
    """

    left: Any
    right: Any
    relation: str = "<="
    names: tuple[str, str] = ("left side", "right side")
    scale: Any = None
    error: Any = None
    proof: Any = None
    refutation: Any = None
    exactly: Callable[..., tuple[Any, Any] | None] | None = None

    @property
    def kind(self) -> str:
        """The kind of evidence, from what was used and nothing else."""
        if self.proof is not None:
            return kind_of(self.proof)
        if self.error is not None:
            return "monte carlo"
        return "numerical" if self.relation == "=" else "search"

    def excess(self, count: int, tolerance: float) -> np.ndarray:
        """How far each case is from the statement, with 0 the limit; shape (count,).

        NaN counts as a violation; equal infinities are equal.
        """
        left, right = self.left, self.right
        left, right = np.asarray(left, float), np.asarray(right, float)
        shape = np.broadcast_shapes(np.shape(left), np.shape(right))
        with np.errstate(all="ignore"):
            gap = np.where(left == right, 0.0, left - right)
            if self.relation == "=":
                gap = np.abs(gap)
            if self.error is not None:
                unit = np.asarray(self.error, float)
                limit = _quantile(int(np.prod(shape)) or 1)
                size = np.where(gap == 0, 0.0, gap / unit) - limit
            else:
                scale = np.abs(left) + np.abs(right) if self.scale is None else self.scale
                scale = np.where(np.isfinite(scale) & (np.asarray(scale) > 0), scale, 1.0)
                size = gap / scale - tolerance
        size = np.where(np.isnan(size), np.inf, size)
        if self.relation == "<":
            # Equality violates a strict inequality, whatever the tolerance.
            size = np.where(gap >= 0, np.maximum(size, np.finfo(float).tiny), size)
        return _per_case(size, count)

    def at(self, index: int, count: int, tolerance: float) -> tuple[float, float]:
        """Both sides at one case; where a case holds several comparisons, at the worst of them."""
        left, right = (np.asarray(x, float) for x in (self.left, self.right))
        shape = np.broadcast_shapes(left.shape, right.shape)
        if not shape or shape[0] != count:
            shape = (count, *shape[1:]) if shape else (count,)
        left, right = np.broadcast_to(left, shape)[index], np.broadcast_to(right, shape)[index]
        if not left.shape:
            return float(left), float(right)
        flat = replace(
            self,
            left=left.ravel(),
            right=right.ravel(),
            scale=self._part(self.scale, shape, index),
            error=self._part(self.error, shape, index),
        )
        worst = int(np.argmax(flat.excess(left.size, tolerance)))
        return float(left.ravel()[worst]), float(right.ravel()[worst])

    def _part(self, array: Any, shape: tuple[int, ...], index: int) -> Any:
        return None if array is None else np.broadcast_to(array, shape)[index].ravel()


@dataclass(frozen=True)
class Conjunction:
    """Several comparisons that must all hold."""

    parts: tuple[Sides, ...]


@dataclass(frozen=True)
class Alternatives:
    """One statement per alternative; `text` says what was left open, empty for readings."""

    by_name: Mapping[str, Sides | Conjunction]
    text: str = ""


@dataclass(frozen=True)
class Found:
    """What a claim returns when it has more to say than its sides.

    Fields:
        printed: the sides as printed, or alternatives.
        corrected: the sides of the corrected statement, if there is one.
        facts: measured numbers by name, which pages may quote.
    """

    printed: Sides | Conjunction | Alternatives
    corrected: Sides | Conjunction | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def at_most(
    left: Any,
    right: Any,
    names: tuple[str, str] = ("left side", "right side"),
    scale: Any = None,
    exactly: Callable[..., tuple[Any, Any] | None] | None = None,
) -> Sides:
    """left <= right at every case."""
    return Sides(left, right, "<=", names, scale, exactly=exactly)


def less(
    left: Any,
    right: Any,
    names: tuple[str, str] = ("left side", "right side"),
    scale: Any = None,
    exactly: Callable[..., tuple[Any, Any] | None] | None = None,
) -> Sides:
    """left < right at every case; equality violates it."""
    return Sides(left, right, "<", names, scale, exactly=exactly)


def equal(
    left: Any,
    right: Any,
    names: tuple[str, str] = ("left side", "right side"),
    scale: Any = None,
    exactly: Callable[..., tuple[Any, Any] | None] | None = None,
) -> Sides:
    """left = right at every case, from two routes that share no formula."""
    return Sides(left, right, "=", names, scale, exactly=exactly)


def sampled(
    mean: Any,
    standard_error: Any,
    value: Any,
    names: tuple[str, str] = ("sample mean", "stated value"),
    relation: str = "=",
) -> Sides:
    """A mean against a stated value (relation "=") or bound ("<="), in standard errors."""
    return Sides(mean, value, relation, names, error=standard_error)


def proved(*proofs: Any, sides: Sides | None = None) -> Sides:
    """A comparison that the strongest of `proofs` decides on the whole domain.

    Args:
        proofs: objects that a proof checker, solver, computer algebra or ball arithmetic returned;
            each has a `status`, "proved", "refuted" or "undecided"; None stands for a proof that is
            not to be had here.
        sides: the comparison in numbers, which is looked at too, and alone where no proof is found.

    Raises:
        InvalidInput: for an object that no checker returned, and for no proof and no sides.
    """
    known = [proof for proof in proofs if proof is not None]
    kinds = {id(proof): KINDS.index(kind_of(proof)) for proof in known}
    found = sorted((p for p in known if p.proved), key=lambda p: kinds[id(p)])
    refuted = [proof for proof in known if proof.status == "refuted"]
    if sides is not None:
        # A refuted formula stays with the sides: they must fail too.
        chosen = (refuted or found)[:1]
        return replace(sides, proof=chosen[0]) if chosen else sides
    if not known:
        raise InvalidInput("proofs must hold at least one, where there are no sides.")
    proof = (refuted or found or known)[0]
    return Sides(float(bool(refuted)), 0.0, "=", ("refuted", "proved"), proof=proof)


def refuted(proof: Any, sides: Sides) -> Sides:
    """A comparison that fails in numbers, and of which `proof` says that it must.

    For statements that no single case refutes, such as "there is a constant".

    Raises:
        InvalidInput: for an object that no checker returned.
    """
    kind_of(proof)
    return replace(sides, refutation=proof)


def both(*parts: Sides) -> Conjunction:
    """All of several comparisons."""
    if len(parts) < 2:
        raise InvalidInput("parts must hold at least two comparisons.")
    return Conjunction(parts)


def readings(**by_name: Sides | Conjunction) -> Alternatives:
    """One statement per plausible reading of the printed text; underscores are read as blanks."""
    return _alternatives(by_name, "")


def unstated(what: str, by_name: Mapping[str, Sides | Conjunction]) -> Alternatives:
    """One statement per way to fill in what the text leaves open.

    Args:
        what: what is not stated, in words.
        by_name: the sides for each way to fill it in.
    """
    if not what.strip():
        raise InvalidInput("what must say what the text leaves open.")
    return _alternatives(by_name, what)


def _alternatives(by_name: Mapping[str, Sides | Conjunction], text: str) -> Alternatives:
    if len(by_name) < 2:
        raise InvalidInput("by_name must hold at least two alternatives.")
    return Alternatives({name.replace("_", " "): sides for name, sides in by_name.items()}, text)


def _per_case(size: np.ndarray, count: int) -> np.ndarray:
    if not size.shape:
        return np.full(count, float(size))
    if size.shape[0] != count:
        if size.shape[0] != 1:
            raise InvalidInput(
                f"sides must have the {count} cases on their first axis, got {size.shape}."
            )
        size = np.broadcast_to(size, (count, *size.shape[1:]))
    return size.reshape(count, -1).max(axis=1)


def _quantile(comparisons: int) -> float:
    """The z-score that `comparisons` independent normal numbers pass with FALSE_ALARMS in all."""
    from statistics import NormalDist

    return -NormalDist().inv_cdf(FALSE_ALARMS / (2 * comparisons))
