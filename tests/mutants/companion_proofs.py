"""Mutants of the certificates and lemmas behind the numbered proofs of this book's own theorems."""

from tests.mutants.mutant import Mutant

AUDIT = "gnnconv_lib.audit.companion"
LOCAL = f"{AUDIT}.exact_local_rate"

MUTANTS = [
    Mutant(
        f"{LOCAL}.best_step",
        "return given, f * (A + K) >= A - K",
        "return given, f * (A + K) >= A - K / 2",
        ["companion:lemma-best-step/best"],
    ),
    Mutant(
        f"{LOCAL}.condition_number",
        "2 * K * (w * M + (1 - w) * S) >= A * S",
        "K * (w * M + (1 - w) * S) >= A * S",
        ["companion:theorem-condition-number"],
    ),
    Mutant(
        f"{LOCAL}.condition_number",
        "slope = sympy.pi / 2 - (3 - 4 * t) * sympy.asin(t)",
        "slope = sympy.pi / 2 - (3 - 2 * t) * sympy.asin(t)",
        ["companion:theorem-sparse-law/derivative"],
    ),
    Mutant(
        f"{LOCAL}.complete_graphs",
        "return square - t * t - cubed / (3 * pi * pi) + t * t * t * t * (pi / 8)",
        "return square - t * t - cubed / (3 * pi * pi) + t * t * t * t * (pi / 11)",
        ["companion:lemma-quadratic-convergence/order"],
    ),
    Mutant(
        f"{LOCAL}.complete_graphs",
        "across = sine * (s - cosine * slope) - sine**2 / pi",
        "across = sine * (s + cosine * slope) - sine**2 / pi",
        ["companion:lemma-quadratic-convergence/map"],
    ),
    Mutant(
        f"{LOCAL}.hessian",
        "rest, bound = A - c * B - (1 - c * c) * C, (A + K) * (1 - c * c)",
        "rest, bound = A - c * B - (1 - c * c) * C, K * (1 - c * c) / 2",
        ["companion:theorem-local-rate/gradient-remainder"],
    ),
    Mutant(
        f"{LOCAL}.rate",
        "at.messages * theta / np.pi",
        "at.messages * theta / 4",
        ["companion:theorem-local-rate/slope-gap"],
    ),
    Mutant(
        f"{AUDIT}.global_linear_rate.escape",
        "return given, 5 * k / 2 + p / 2 <= 7 * (k - 1)",
        "return given, 5 * k / 2 + p / 2 <= 6 * (k - 1)",
        ["companion:lemma-cliques/order"],
    ),
    Mutant(
        f"{AUDIT}.global_linear_rate.large_steps",
        "along = 3 * (root + 3 * pi / 4 * root) / (2 * pi) - l / 2",
        "along = 3 * (root + 3 * pi / 4 * root) / (2 * pi) + l / 2",
        ["companion:remark-angle-grows"],
    ),
    Mutant(
        f"{AUDIT}.approximate_gradient.one_unit",
        "return given, (a * c + b) * (1 + b) >= (c + b) * n",
        "return given, (a * c + b) * (1 + b) >= (1 + b) * n",
        ["companion:theorem-approximate-one-unit/one-step"],
    ),
    Mutant(
        f"{AUDIT}.main_eigenvalues.basin",
        "(a + m * b) ** 2 * (1 + k**2) / (k - m) ** 2",
        "(a + m * b) ** 2 * (1 + m**2) / (k - m) ** 2",
        ["companion:theorem-basin/radius"],
    ),
]
