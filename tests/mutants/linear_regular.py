"""Mutants of deep linear networks on regular graphs, awasthi2021, section 4 and appendix C."""

from tests.mutants.mutant import Mutant

BOUNDS = "gnnconv_lib.bounds.awasthi2021_linear"
RISING = "gnnconv_lib.bounds.awasthi2021_rising"
PAPER = "awasthi2021:"

MUTANTS = [
    # Eq. (25): where its step is too long.
    Mutant(
        "gnnconv_lib.audit._exact_steps",
        "return min(steps)",
        "return max(steps) * Fraction(63, 64)",
        [f"{PAPER}eq-25/few-rounds"],
    ),
    Mutant(
        BOUNDS,
        "* (1.0 + interval.upper) ** (rounds - 1)",
        "* (1.0 + 1.0 / interval.upper) ** (rounds - 1)",
        [f"{PAPER}eq-25/three-rounds"],
    ),
    # The corrected theorem: the step size and the number of steps.
    Mutant(
        BOUNDS,
        "return float(np.min(lemma_12_step_corrected(start, target, nodes, degree, rounds)))",
        "return float(30 * np.min(lemma_12_step_corrected(start, target, nodes, degree, rounds)))",
        [f"{PAPER}theorem-2/corrected"],
    ),
    Mutant(
        BOUNDS,
        "return float(np.min(lemma_12_step_corrected(start, target, nodes, degree, rounds)))",
        "return float(np.max(lemma_12_step_corrected(start, target, nodes, degree, rounds)))",
        [f"{PAPER}theorem-2/corrected", f"{PAPER}remark-common-eigenvectors/definite"],
    ),
    Mutant(
        BOUNDS,
        "return float(np.min(lemma_12_step_corrected(start, target, nodes, degree, rounds)))",
        "return float(2 * np.min(lemma_12_step_corrected(start, target, nodes, degree, rounds)))",
        [f"{PAPER}remark-theorem-3-contraction/corrected", f"{PAPER}eq-25"],
    ),
    Mutant(
        BOUNDS,
        "float(np.max(logarithm / (2.0 * rate)))",
        "0.9 * float(np.max(logarithm / (2.0 * rate)))",
        [f"{PAPER}theorem-2/corrected"],
    ),
    Mutant(
        BOUNDS,
        "float(np.max(logarithm / (2.0 * rate)))",
        "float(np.max(logarithm / rate))",
        [f"{PAPER}theorem-2/corrected"],
    ),
    Mutant(
        BOUNDS,
        "float(np.max(logarithm / (2.0 * rate)))",
        "float(np.min(logarithm / (2.0 * rate)))",
        [f"{PAPER}theorem-2/corrected"],
    ),
    Mutant(
        BOUNDS,
        "0.5 * np.log(nodes * target.size / 2.0)",
        "0.5 * np.log(target.size / 2.0)",
        [f"{PAPER}theorem-2/corrected", f"{PAPER}eq-24"],
    ),
    Mutant(
        BOUNDS,
        "            + (rounds - 1) * np.log(interval.upper)\n",
        "",
        [f"{PAPER}theorem-2/corrected"],
    ),
    Mutant(
        BOUNDS,
        "            + np.log(gap)\n",
        "            + 2 * np.log(gap)\n",
        [f"{PAPER}theorem-2/corrected"],
    ),
    Mutant(
        BOUNDS,
        "interval.lower ** (2 * rounds - 2.0)\n    )\n    gap",
        "interval.upper ** (2 * rounds - 2.0)\n    )\n    gap",
        [f"{PAPER}theorem-2/corrected"],
    ),
    # The printed forms: a slip of ours would read as the paper's.
    Mutant(
        BOUNDS,
        "return float(np.min(steps))",
        "return float(0.1 * np.min(steps))",
        [f"{PAPER}remark-theorem-2-depth", f"{PAPER}remark-theorem-2-error", f"{PAPER}eq-25"],
    ),
    Mutant(
        BOUNDS,
        "            interval.lower ** (2.0 * rounds - 1.0)\n",
        "            interval.lower ** (2.0 * rounds - 2.0)\n",
        [f"{PAPER}remark-theorem-2-error"],
    ),
    Mutant(
        BOUNDS,
        "                * (1.0 + interval.upper) ** (rounds - 1)\n",
        "",
        [f"{PAPER}remark-theorem-2-depth", f"{PAPER}remark-theorem-2-degree"],
    ),
    Mutant(
        BOUNDS,
        "return float(np.max(logarithm / rate))\n\n\ndef theorem_2_step_corrected",
        "return float(np.max(logarithm / rate / nodes))\n\n\ndef theorem_2_step_corrected",
        [f"{PAPER}remark-theorem-2-nodes"],
    ),
    # Lemma 13.
    Mutant(
        BOUNDS,
        "rounds**4 * (degree**2 + 1) ** 2 * upper ** (4.0 * rounds - 4.0)",
        "rounds**4 * (degree**2 + 1) ** 2 * upper ** (4.0 * rounds - 5.0)",
        [f"{PAPER}lemma-13/upper"],
    ),
    Mutant(
        BOUNDS,
        "return rounds**2 * (degree**2 + 1) * lower ** (2.0 * rounds - 2.0)",
        "return 2 * rounds**2 * (degree**2 + 1) * lower ** (2.0 * rounds - 2.0)",
        [f"{PAPER}lemma-13/lower"],
    ),
    Mutant(
        BOUNDS,
        "return Interval(np.minimum(target / 2, start), np.maximum(2 * target, start))",
        "return Interval(np.minimum(target, start), np.maximum(2 * target, start))",
        [f"{PAPER}definition-singular-value-range"],
    ),
    # The library: loss, gradient, messages.
    Mutant(
        "gnnconv_lib.linear_gnn.regular",
        "return 0.5 * nodes * jnp.sum(difference**2)",
        "return nodes * jnp.sum(difference**2)",
        [f"{PAPER}lemma-10", f"{PAPER}eq-37"],
    ),
    Mutant(
        "gnnconv_lib.linear_gnn.recursion",
        "embedding = embedding @ W1.T + messages @ W2.T",
        "embedding = embedding @ W1.T + (messages + embedding) @ W2.T",
        [f"{PAPER}eq-18", f"{PAPER}eq-19"],
    ),
    Mutant(
        "gnnconv_lib.linear_gnn.recursion",
        "blocks = blocks @ W1 + sums @ W2",
        "blocks = blocks @ W2 + sums @ W1",
        [f"{PAPER}definition-linear-output"],
    ),
    # The recurrence of the claims: n for n/2, and the exponent of the contraction.
    Mutant(
        "gnnconv_lib.audit._linear_regular",
        "moved = e * (1 - pull",
        "moved = e * (1 + pull",
        [f"{PAPER}theorem-2/corrected", "companion:theorem-two-phases/count"],
    ),
    # Two phases.
    Mutant(
        RISING,
        "near = (1 - 0.5 / rounds) * target",
        "near = (1 - 0.05 / rounds) * target",
        ["companion:theorem-two-phases/count"],
    ),
    Mutant(
        RISING,
        "second = max(0.0, math.log(size) / kappa)",
        "second = max(0.0, 0.4 * math.log(size) / kappa)",
        ["companion:theorem-two-phases/count"],
    ),
    # Figure 2: ascent, and all readings made equal.
    Mutant(
        "gnnconv_lib.audit._figure_2_runs",
        "M = np.where(gone.reshape(shape), M, M - scale * _slope",
        "M = np.where(gone.reshape(shape), M, M + scale * _slope",
        [f"{PAPER}figure-2/means"],
    ),
    Mutant(
        "gnnconv_lib.audit._figure_2_runs",
        "    return 1.0 / (by_nodes * by_outputs)",
        "    return 1e-9 / (by_nodes * by_outputs)",
        [f"{PAPER}figure-2", f"{PAPER}remark-linear-learning-rates"],
    ),
]
