"""Mutants of the linear rate for every graph."""

from tests.mutants.mutant import Mutant

BOUNDS = "gnnconv_lib.bounds.linear_rate"
PAIRS = "gnnconv_lib.relu_gnn.pair_terms"

MUTANTS = [
    Mutant(
        BOUNDS,
        "return (1 + np.asarray(cos)) * np.asarray(slope) ** 2 / (2 * np.asarray(slope_at_one))",
        "return (1 + np.asarray(cos)) * np.asarray(slope) ** 2 / (1.9 * np.asarray(slope_at_one))",
        ["companion:lemma-gradient-inequality/inequality"],
    ),
    Mutant(
        BOUNDS,
        "ratio = full * (slope * np.sin(angle)) ** 2",
        "ratio = 0.99 * full * (slope * np.sin(angle)) ** 2",
        ["companion:lemma-best-constant/attained"],
    ),
    Mutant(
        BOUNDS,
        "below = gap * (2 * full - gap)",
        "below = gap * (2 * full - 1.1 * gap)",
        ["companion:lemma-best-constant/bound", "companion:lemma-best-constant/attained"],
    ),
    Mutant(
        BOUNDS,
        "return 8 * full / (step * (2 - step) * messages)",
        "return 0.9 * full / (step * (2 - step) * messages)",
        ["companion:theorem-linear-rate/number-of-steps"],
    ),
    Mutant(
        BOUNDS,
        "bound = 1 + (1 / phi - 2 / np.pi) * (1 / (_TURN * share) + np.pi / 2)",
        "bound = 1 + (1 / phi - 2 / np.pi) * (0.2 / (_TURN * share))",
        ["companion:theorem-escape/number-of-steps"],
    ),
    Mutant(
        BOUNDS,
        "return (1 / phi - 2 / np.pi) * disjoint / messages",
        "return (1 / phi + 2 / np.pi) * disjoint / messages",
        ["companion:lemma-cliques/bounds"],
    ),
    Mutant(
        BOUNDS,
        "half = (inner - 1) / 2\n    return betainc(half, half,",
        "half = inner / 2\n    return betainc(half, half,",
        ["companion:theorem-gaussian-starts/one-unit"],
    ),
    Mutant(
        BOUNDS,
        "single = -math.expm1(math.log1p(-failure) / units)",
        "single = -math.expm1(math.log1p(-failure))",
        ["companion:theorem-gaussian-starts/units"],
    ),
    Mutant(
        BOUNDS,
        "return step * (np.asarray(mixed) - np.asarray(cos) * slope) / ((step - 1) * full)",
        "return step * (np.asarray(mixed) + np.asarray(cos) * slope) / ((step - 1) * full)",
        ["companion:theorem-large-steps/overshoot"],
    ),
    Mutant(
        BOUNDS,
        "return step / (step - 2)",
        "return 0.7 * step / (step - 2)",
        ["companion:lemma-divergence"],
    ),
    Mutant(
        "gnnconv_lib.audit._measure_points",
        "radial = self.full * (self.length - 1) + self.gap\n        return radial**2",
        "radial = self.full * (self.length - 1) - self.gap\n        return radial**2",
        ["companion:lemma-gradient-inequality/inequality", "companion:lemma-descent"],
    ),
    Mutant(
        "gnnconv_lib.audit._measure_points",
        "far = (1 - self.step) * self.length + self.step * self.mixed / self.full",
        "far = (1 + self.step) * self.length - self.step * self.mixed / self.full",
        ["companion:lemma-descent", "companion:lemma-length/bound"],
    ),
    # Hypotheses a little too wide: at c = -1 the statements are false.
    Mutant(
        "gnnconv_lib.audit.companion.global_linear_rate.sums",
        "on_measures(open_ends=(False, True))",
        "on_measures(open_ends=(False, False))",
        ["companion:lemma-sums/positive"],
    ),
    Mutant(
        "gnnconv_lib.audit.companion.global_linear_rate.motion",
        "BESIDE = on_measures((0.0, 1.0), open_ends=(True, True))",
        "BESIDE = on_measures((0.0, 1.0), open_ends=(True, False))",
        ["companion:lemma-angle/strict"],
    ),
    # Runs too short to say anything.
    Mutant(
        "gnnconv_lib.audit.companion.global_linear_rate.escape",
        "_LIMIT = 150",
        "_LIMIT = 1",
        ["companion:theorem-escape/number-of-steps"],
    ),
    Mutant(
        "gnnconv_lib.audit.companion.open_questions",
        "_HORIZON = 400",
        "_HORIZON = 1",
        ["companion:theorem-logarithmic-in-the-error/upper"],
    ),
]
