"""Mutants of the chapters on unequal degrees and main eigenvalues."""

from tests.mutants.mutant import Mutant

BOUNDS = "gnnconv_lib.bounds.awasthi2021_linear"
SPECTRA = "gnnconv_lib.summaries.main_eigenvalues"
PAIRS = "gnnconv_lib.audit._main_spectra"
CHAPTER = "gnnconv_lib.audit.awasthi2021.linear_unequal_degrees"
PAPER = "awasthi2021"

MUTANTS = [
    Mutant(  # a weight doubled in the corrected loss
        SPECTRA,
        "return mu[kept], weight[kept]",
        "return mu[kept], 2 * weight[kept]",
        [f"{PAPER}:eq-46/main-eigenvalues"],
    ),
    Mutant(
        SPECTRA,
        "weight = np.bincount(group, weights=projections)",
        "weight = np.sqrt(np.bincount(group, weights=projections))",
        [f"{PAPER}:eq-47/main-eigenvalues"],
    ),
    Mutant(
        f"{CHAPTER}.loss",
        "return _slopes(nodes[0], masses[0], weights, L, np.transpose)",
        "return _slopes(nodes[0], masses[0], weights, L, lambda M: M)",
        [f"{PAPER}:eq-47/main-eigenvalues", f"{PAPER}:eq-48/main-eigenvalues"],
    ),
    Mutant(
        f"{CHAPTER}.loss",
        "first, second = first + mass * slope, second + mass * x * slope",
        "first, second = first + mass * slope, second + mass * slope",
        [f"{PAPER}:eq-48/main-eigenvalues"],
    ),
    Mutant(  # the factor L left out of the corrected update
        PAIRS,
        "scale = np.asarray(L if factor is None else factor)",
        "scale = np.asarray(1.0 if factor is None else factor)",
        [f"{PAPER}:eq-49/main-eigenvalues", f"{PAPER}:eq-51/factor"],
    ),
    Mutant(  # ascent for descent
        PAIRS,
        "point = [p - rate * s for p, s in zip(point, slope, strict=True)]",
        "point = [p + rate * s for p, s in zip(point, slope, strict=True)]",
        [f"{PAPER}:lemma-14/distance", f"{PAPER}:theorem-4/contraction"],
    ),
    Mutant(
        f"{CHAPTER}.recurrences",
        "gamma[row] = sum(comb(rounds, j + 1) * s[row] ** j for j in range(rounds))",
        "gamma[row] = sum(comb(rounds, j) * s[row] ** j for j in range(rounds))",
        [f"{PAPER}:eq-52", f"{PAPER}:eq-53", f"{PAPER}:eq-54"],
    ),
    Mutant(  # the singular values of one matrix in both readings of Lemma 14
        BOUNDS,
        "target, sigma = _arrays(star, star if of_sum is None else of_sum)",
        "target, sigma = _arrays(star, star)",
        [
            f"{PAPER}:eq-58/bound",
            f"{PAPER}:eq-59/bound",
            f"{PAPER}:remark-theorem-4-geometric/factor",
        ],
    ),
    Mutant(
        BOUNDS,
        "return a**2 * (P**2 + Q**2 + cross) + b**2 * (P**2 + R**2 + cross)",
        "return a**2 * (P**2 + Q**2 + cross) + b**2 * (P**2 + R**2 + Q**2 + np.abs(cross))",
        [f"{PAPER}:eq-58/bound"],
    ),
    Mutant(
        BOUNDS,
        "return a**2 * (P**2 + Q**2 + cross) + b**2 * (Q**2 + R**2 + cross)",
        "return a**2 * (P**2 + Q**2 + cross) + b**2 * (Q**2 + cross)",
        [f"{PAPER}:eq-58/bound"],
    ),
    Mutant(
        BOUNDS,
        "return P**2 + R**2 + Q**2 + Q * (P + R)",
        "return (P**2 + R**2 + Q**2 + Q * (P + R)) / 4",
        [f"{PAPER}:eq-59/forward", f"{PAPER}:remark-theorem-4-geometric/never-below-one"],
    ),
    Mutant(
        BOUNDS,
        "return ((np.abs(P + R) + np.hypot(P - R, 2 * Q)) / 2) ** 2",
        "return ((np.abs(P + R) + np.hypot(P - R, Q)) / 2) ** 2",
        [f"{PAPER}:eq-59/bound"],
    ),
    Mutant(
        BOUNDS,
        "    rate, total = _arrays(learning_rate, weighted)\n    return rate * total",
        "    rate, total = _arrays(learning_rate, weighted)\n    return total",
        [f"{PAPER}:definition-p-q-r/q"],
    ),
    Mutant(
        BOUNDS,
        "return float(logarithm / (2.0 * learning_rate * smallest))",
        "return float(logarithm / (2.0 * learning_rate * largest))",
        [f"{PAPER}:eq-57/one-round"],
    ),
    Mutant(
        f"{CHAPTER}.lemma_14_cases",
        "at_most(alpha_star - d * (beta - beta_star), alpha",
        "at_most(alpha_star - (beta - beta_star), alpha",
        [f"{PAPER}:remark-lemma-14-case-4/alpha"],
    ),
    Mutant(
        f"{CHAPTER}.lemma_14_cases",
        "upper - beta_star - alpha_star + lower,",
        "upper - beta_star + lower,",
        [f"{PAPER}:remark-lemma-14-case-5/steps"],
    ),
    Mutant(
        f"{CHAPTER}.lemma_14_feasible",
        "([0, 1, 1, 0, 1], x + y),  # case 3",
        "([0, 0, 1, 0, 1], x + y),  # case 3",
        [f"{PAPER}:remark-lemma-14-feasible/exactly"],
        survives="cases 4 and 5 ask for alpha* + beta* > 1 by themselves",
    ),
    Mutant(
        f"{CHAPTER}.lemma_14_feasible",
        "([1, 0, 0, 1, 1], x + y),  # case 4",
        "([1, 0, 0, 0, 1], x + y),  # case 4",
        [f"{PAPER}:remark-lemma-14-feasible/exactly"],
    ),
    Mutant(  # the bound with the largest eigenvalue in the place of the least
        f"{CHAPTER}.theorem_4",
        "smallest = np.array([one_round.quadratic(entry).smallest for entry in graph])",
        "smallest = np.array([one_round.quadratic(entry).largest for entry in graph])",
        [f"{PAPER}:theorem-4/contraction"],
    ),
    Mutant(
        "gnnconv_lib.audit.companion.main_eigenvalues.singular_teacher",
        "predicted = 0.5 * mass[0] * (pace * count) ** (-L / (L - 1))",
        "predicted = 0.5 * mass[0] * (pace * count) ** (-1.0)",
        ["companion:theorem-singular-teacher/power"],
    ),
    Mutant(
        "gnnconv_lib.audit.companion.main_eigenvalues.star_trap",
        "floor = 0.25 * (root - 1) ** 2",
        "floor = 0.25 * (root + 1) ** 2",
        ["companion:theorem-star-trap"],
    ),
    # A number of steps below that of Eq. (57), and a step that Lemma 14 does not allow.
    Mutant(
        f"{CHAPTER}.theorem_4",
        "    steps = max(\n",
        "    steps = min(\n",
        [f"{PAPER}:eq-57/steps", f"{PAPER}:theorem-4/loss"],
    ),
    Mutant(
        f"{CHAPTER}.theorem_4",
        "largest = min(bounds.lemma_14_step_printed(",
        "largest = max(bounds.lemma_14_step_printed(",
        [f"{PAPER}:eq-57/steps", f"{PAPER}:theorem-4/loss"],
    ),
    Mutant(
        BOUNDS,
        "rate = learning_rate * rounds**2 * (degree**2 + 1) * interval.lower ** (2.0 * rounds - 2.0)",
        "rate = learning_rate * rounds**2 * (degree + 1) ** 2 * interval.lower ** (2.0 * rounds - 2.0)",
        [f"{PAPER}:eq-57/steps", f"{PAPER}:theorem-4/loss"],
    ),
]
