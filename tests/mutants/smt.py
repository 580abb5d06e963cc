"""Mutants of the lemmas that z3 decides: a changed fact or formula must be refuted, and be noticed."""

from tests.mutants.mutant import Mutant

AUDIT = "gnnconv_lib.audit.awasthi2021"
FACTS = "gnnconv_lib.audit._relu_facts"
LEMMAS = "gnnconv_lib.audit._relu_lemmas"
PAIRS = "gnnconv_lib.audit._pair_lemmas"
SIZES = "gnnconv_lib.audit._size_lemmas"
PL = "gnnconv_lib.audit.awasthi2021.pl_condition.lemmas"
STEPS = "gnnconv_lib.audit.awasthi2021.bounded_iterates.lemmas"

MUTANTS = [
    Mutant(
        PAIRS,
        "there >= here * g + r * slope * (e - c * g)",
        "there >= here * g + 2 * r * slope * (e - c * g)",
        ["companion:theorem-leaky-relu/tangents"],
    ),
    Mutant(
        PAIRS,
        "R + o * (m + (1 - m) * (1 - t)) > 0",
        "R + o * (m + (1 - m) * (1 - t)) > o",
        ["companion:theorem-leaky-relu/positive"],
    ),
    Mutant(
        f"{AUDIT}.pl_condition.constant",
        "u > (T + 1) * y",
        "u > (T + 100) * y",
        ["companion:theorem-constant-of-theorem-1/no-constant", "awasthi2021:theorem-1"],
    ),
    Mutant(
        f"{AUDIT}.pl_condition.constant",
        "914 * a * y >= 1",
        "2000 * a * y >= 1",
        ["companion:theorem-constant-of-theorem-1/number"],
    ),
    Mutant(
        FACTS,
        'K * (1 - c) >= A - B,\n        "companion:lemma-convexity/gradient"',
        '2 * K * (1 - c) >= A - B,\n        "companion:lemma-convexity/gradient"',
        ["companion:lemma-gradient-inequality/inequality", "companion:lemma-best-constant/bound"],
    ),
    Mutant(
        FACTS,
        "(B >= 0, B <= A, c * A <= B, c * C <= B)",
        "(B >= -A, B <= 2 * A)",
        ["companion:lemma-angle/no-overshoot", "awasthi2021:remark-alpha-stays-nonnegative"],
    ),
    Mutant(
        FACTS,
        "return A * (l * l + 1) / 2 - l * B",
        "return A * (l * l + 1) / 2 + l * B",
        ["companion:lemma-gradient-inequality/inequality", "awasthi2021:eq-26"],
    ),
    Mutant(
        FACTS,
        "return (1 - x) * l + x * B / A",
        "return (1 - x) * l - x * B / A",
        ["companion:lemma-angle/no-overshoot", "awasthi2021:remark-length-lower-step"],
    ),
    Mutant(
        LEMMAS,
        "K * squared >= (1 + c) * C * C * here,\n        (1",
        "K * squared >= 2 * (1 + c) * C * C * here,\n        (1",
        ["companion:lemma-gradient-inequality/inequality"],
    ),
    Mutant(
        LEMMAS,
        "after <= before - x * (1 - x / 2)",
        "after <= before - x * (1 - x / 3)",
        ["companion:lemma-descent", "awasthi2021:eq-16"],
    ),
    Mutant(
        LEMMAS,
        "rate = x * (2 - x) * (1 + c) * C * C / (2 * K * A)",
        "rate = 2 * x * (2 - x) * (1 + c) * C * C / (2 * K * A)",
        ["companion:theorem-linear-rate/step"],
    ),
    Mutant(
        LEMMAS,
        'facts["companion:lemma-sums/positive"] = (c > -1, C > 0, K > 0)',
        'facts["companion:lemma-sums/positive"] = (C > 0, K > 0)',
        ["companion:lemma-angle/no-overshoot"],
    ),
    Mutant(
        LEMMAS,
        "l > x / (x - 2)",
        "l > x / x",
        ["companion:lemma-divergence"],
    ),
    Mutant(
        PAIRS,
        "t >= s + p * r * (c - 1),",
        "t >= s + 2 * p * r * (c - 1),",
        ["companion:lemma-sums/gap", "awasthi2021:eq-31"],
    ),
    Mutant(
        PAIRS,
        "u >= t + q * r * (e - c)",
        "u >= t - q * r * (e - c)",
        ["companion:lemma-convexity/tangents"],
    ),
    Mutant(
        SIZES,
        "w * n * n * D / 4 <= B",
        "w * n * n * D / 3 <= B",
        ["awasthi2021:lemma-5/b-lower"],
    ),
    Mutant(
        PL,
        "A * e * e * loss(A, B, l) <= 16 * G",
        "2 * A * e * e * loss(A, B, l) <= G",
        ["awasthi2021:eq-27"],
    ),
    Mutant(
        PL,
        '"l < 1 - e/4": l < 1 - e / 4',
        '"l < 1 - e/4": l < 1 - e / 8',
        ["awasthi2021:eq-33"],
    ),
    Mutant(
        STEPS,
        '"ℓ ≥ 2, α < 0": (l >= 2, c < 0)',
        '"ℓ ≥ 2, α < 0": (l >= 1, c < 0)',
        ["awasthi2021:remark-early-alpha-step"],
    ),
    Mutant(
        STEPS,
        "(u >= l, u >= 1)",
        "(u >= l, u >= 0)",
        ["awasthi2021:lemma-1/upper", "awasthi2021:remark-length-upper-step/contraction"],
    ),
]
