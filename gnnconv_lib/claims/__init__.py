"""Claims: sentences that can be true or false, with their hypotheses as data.

A claim is a function of the cases of a domain that returns the sides of what is stated, as printed
and, where there is one, as corrected:

    @claim("awasthi2021:eq-58", STEPS)
    def squared_distance(P, Q, R, a, b):
        "The squared distance after one step is at most the bound of Eq. (58)."
        return at_most(moved, printed), at_most(moved, corrected)

The engine alone decides: verdict, witness, kind of evidence, counts and summary. The domain is the
only source of both the cases and the hypotheses that a page prints.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

from gnnconv_lib.claims.domain import Domain, domain
from gnnconv_lib.claims.engine import decide
from gnnconv_lib.claims.hypotheses import (
    choice,
    drawn,
    fixed,
    graph,
    integer,
    real,
    where,
)
from gnnconv_lib.claims.proofs import SymbolicZero, exact_zero, symbolic_zero
from gnnconv_lib.claims.refutations import rationals
from gnnconv_lib.claims.registry import Claim, claim, claims_of, correction, named, names
from gnnconv_lib.claims.sides import (
    Found,
    Sides,
    at_most,
    both,
    equal,
    less,
    proved,
    readings,
    refuted,
    sampled,
    unstated,
)
from gnnconv_lib.claims.smt import lemma

__all__ = [
    "Claim",
    "Domain",
    "Found",
    "Sides",
    "SymbolicZero",
    "at_most",
    "both",
    "choice",
    "claim",
    "claims_of",
    "correction",
    "decide",
    "domain",
    "drawn",
    "equal",
    "exact_zero",
    "fixed",
    "graph",
    "integer",
    "lemma",
    "less",
    "named",
    "names",
    "proved",
    "rationals",
    "readings",
    "real",
    "refuted",
    "sampled",
    "symbolic_zero",
    "unstated",
    "where",
]
