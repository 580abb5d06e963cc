"""Mutants of the local rate, the two open questions and the sampled wedges."""

from tests.mutants.mutant import Mutant

RATES = "gnnconv_lib.descent.rates"
BOUNDS = "gnnconv_lib.bounds.linear_rate"
SAMPLED = "gnnconv_lib.summaries.overlap_sampled"
AUDIT = "gnnconv_lib.audit.companion"
LOGARITHMIC = "companion:theorem-logarithmic-in-the-error"

MUTANTS = [
    Mutant(
        RATES,
        "factor = max(factor, abs(1 - rate * bend))",
        "factor = min(factor, abs(1 - rate * bend))",
        ["companion:lemma-best-step/best"],
    ),
    Mutant(
        RATES,
        "return 2 * math.log(factor) if",
        "return 2.02 * math.log(factor) if",
        ["companion:lemma-best-step/value"],
    ),
    Mutant(
        BOUNDS,
        "return ratio / np.pi + 0.5, 2 * ratio / np.pi + 2 - 2 / np.pi",
        "return ratio / np.pi + 0.7, 2 * ratio / np.pi + 2 - 2 / np.pi",
        ["companion:theorem-condition-number", "companion:theorem-every-degree/condition-number"],
    ),
    Mutant(
        BOUNDS,
        "return ratio / np.pi + 0.5, 2 * ratio / np.pi + 2 - 2 / np.pi",
        "return ratio / np.pi + 0.5, ratio / np.pi + 2 - 2 / np.pi",
        ["companion:theorem-condition-number"],
    ),
    Mutant(
        BOUNDS,
        "return (size + 2 * degree * near + degree * (degree - 1) * far) / size**2",
        "return (size + 2 * degree * near + degree * (degree + 1) * far) / size**2",
        ["companion:theorem-sparse-law/slope"],
    ),
    Mutant(
        "gnnconv_lib.audit._measure_points",
        "return self.step * self.slope * self.sine / self.full",
        "return 0.99 * self.step * self.slope * self.sine / self.full",
        [
            "companion:lemma-quadratic-convergence/map",
            "companion:lemma-quadratic-convergence/order",
        ],
    ),
    Mutant(
        f"{AUDIT}.exact_local_rate.rate",
        "factor = np.maximum(np.abs(1 - eta * full), np.abs(1 - eta * slope))",
        "factor = np.abs(1 - eta * full)",
        ["companion:theorem-local-rate/rate"],
    ),
    Mutant(
        f"{AUDIT}.open_questions",
        "expected = 30 * math.log(10) / -np.log1p(-eta * slope)",
        "expected = 60 * math.log(10) / -np.log1p(-eta * slope)",
        [f"{LOGARITHMIC}/growth"],
    ),
    Mutant(
        f"{AUDIT}.open_questions",
        "fall = -np.log1p(-np.minimum(x * (2 - x) * at.constant / at.full, 1.0))",
        "fall = -2 * np.log1p(-np.minimum(x * (2 - x) * at.constant / at.full, 1.0))",
        [f"{LOGARITHMIC}/upper"],
    ),
    Mutant(
        "gnnconv_lib.witnesses.relu_pairs",
        "row += sign * (bent * sender",
        "row += 0.9 * sign * (bent * sender",
        [f"{LOGARITHMIC}/ray", "companion:theorem-local-rate/hessian/gradients"],
    ),
    Mutant(
        BOUNDS,
        "return 8 * full / (step * (2 - step) * messages)",
        "return 0.4 * full / (step * (2 - step) * messages)",
        ["companion:remark-bounds-against-runs/covers"],
    ),
    Mutant(
        SAMPLED,
        "math.sqrt(2 * max(variance, 0.0) * doubt / samples)",
        "math.sqrt(max(variance, 0.0) * doubt / 2 / samples)",
        ["companion:remark-intervals-cover/width"],
    ),
    Mutant(
        SAMPLED,
        "known + wedges * mean, known + wedges * low,",
        "known + 0.99 * wedges * mean, known + wedges * low,",
        ["companion:theorem-sampled-sums/sampler"],
    ),
    Mutant(
        SAMPLED,
        "return abs(gap) - _half_width(variance, spread, self.samples, level)",
        "return abs(gap) - 0.02 * _half_width(variance, spread, self.samples, level)",
        ["companion:remark-intervals-cover/coverage"],
    ),
]
