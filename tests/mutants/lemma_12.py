"""Mutants of Lemma 12 of awasthi2021."""

from tests.mutants.mutant import Mutant

BOUNDS = "gnnconv_lib.bounds.awasthi2021_linear"
LEMMA = "awasthi2021:lemma-12"

MUTANTS = [
    Mutant(
        BOUNDS,
        "return 1.0 / (nodes * rounds**2 * (degree**2 + 1) * upper ** (2 * rounds - 2))",
        "return 2.5 / (nodes * rounds**2 * (degree**2 + 1) * upper ** (2 * rounds - 2))",
        [f"{LEMMA}/monotone", "awasthi2021:remark-below-stays/bound"],
    ),
    Mutant(
        BOUNDS,
        "return Interval(np.minimum(start, target), np.maximum(start, target))",
        "return Interval(np.minimum(start, target), np.minimum(start, target))",
        [f"{LEMMA}/monotone"],
    ),
    Mutant(
        "gnnconv_lib.audit._linear_cases",
        "after = sigma - factor * rate * nodes * (degree**2 + 1) * slope",
        "after = sigma + factor * rate * nodes * (degree**2 + 1) * slope",
        [f"{LEMMA}/monotone", "awasthi2021:remark-above-falls"],
    ),
]
