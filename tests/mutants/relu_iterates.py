"""Mutants of Lemmas 1, 2, 3 and 5 of awasthi2021, and of the library's sums and steps."""

from tests.mutants.mutant import Mutant

BOUNDS = "gnnconv_lib.bounds.awasthi2021_relu"
CHAPTER = "gnnconv_lib.audit.awasthi2021.bounded_iterates"
PAPER = "awasthi2021"

MUTANTS = [
    Mutant(
        BOUNDS,
        "return 1 / (36 * math.pi**2), 2 * sigma",
        "return 1 / (9 * math.pi**2), 2 * sigma",
        [f"{PAPER}:lemma-1/lower"],
    ),
    Mutant(
        BOUNDS,
        "+ 4 * math.pi + 1\n\n\ndef lemma_1(",
        "- 4 * math.pi - 1\n\n\ndef lemma_1(",
        [f"{PAPER}:lemma-1/upper", f"{PAPER}:remark-length-upper"],
    ),
    Mutant(
        BOUNDS,
        "(1 - step) * length + step * ratio, (1 - step) * length + step\n",
        "(1 - step) * length + step * ratio, (1 - step) * length + step * ratio\n",
        [f"{PAPER}:remark-length-upper-step"],
    ),
    Mutant(
        "gnnconv_lib.audit.awasthi2021.bounded_iterates.escape_time",
        "below = cos[:, None] * (1 + (1 - growth) * length[:, None])",
        "below = cos[:, None] * (0.5 + (1 - growth) * length[:, None])",
        [f"{PAPER}:lemma-3/escape"],
    ),
    Mutant(
        BOUNDS,
        "low = 2 * shortest / step",
        "low = 6 * shortest / step",
        [f"{PAPER}:lemma-3/escape", f"{PAPER}:lemma-3/alpha"],
    ),
    Mutant(
        BOUNDS,
        "high = 7 * np.maximum(length, 1.0)",
        "high = 1.5 * np.maximum(length, 1.0)",
        [f"{PAPER}:lemma-3/escape", f"{PAPER}:lemma-3/alpha"],
    ),
    Mutant(
        BOUNDS,
        "return 4 * full * (1 + np.sqrt(",
        "return 4 * full * (1 - np.sqrt(",
        [f"{PAPER}:lemma-2", f"{PAPER}:remark-unequal-degrees/lemma-2"],
    ),
    Mutant(
        BOUNDS,
        "return pairs / np.pi, upper, pairs / np.pi + np.asarray(cos) * messages / 2, messages",
        "return pairs / np.pi, upper, pairs / np.pi - np.asarray(cos) * messages / 2, messages",
        [f"{PAPER}:remark-b-lower/count", f"{PAPER}:remark-b-lower/tangent"],
    ),
    Mutant(
        BOUNDS,
        "+ np.asarray(cos) * messages / 2, messages\n",
        "+ np.asarray(cos) * messages / 2, messages / 2\n",
        [f"{PAPER}:remark-c-upper/bound"],
    ),
    Mutant(
        "gnnconv_lib.audit._relu_steps",
        "along[rows] = 1 + u[rows] - eta * np.asarray(slope.u)",
        "along[rows] = 1 + u[rows] + eta * np.asarray(slope.u)",
        [f"{PAPER}:remark-length-recursion", f"{PAPER}:remark-alpha-update"],
    ),
    Mutant(
        "gnnconv_lib.audit._relu_steps",
        "radial = (1 - x) * length + x * B / A",
        "radial = (1 + x) * length - x * B / A",
        [f"{PAPER}:remark-length-lower-step", f"{PAPER}:remark-early-length-step"],
    ),
    Mutant(
        "gnnconv_lib.audit._relu_steps",
        "+ x * cos * B / A + x * sine**2 * C / A",
        "+ x * cos * B / A - x * sine**2 * C / A",
        [f"{PAPER}:remark-alpha-stays-nonnegative", f"{PAPER}:remark-alpha-nondecreasing"],
    ),
    Mutant(
        "gnnconv_lib.audit._relu_paths",
        "turning = step * slope * jnp.sin(angle) / full",
        "turning = step * slope * jnp.sin(angle) / full / 9",
        [f"{PAPER}:lemma-3/escape", f"{PAPER}:lemma-3/alpha"],
    ),
    Mutant(
        f"{CHAPTER}.smoothness",
        "+ 2 * a * b**2 / ell**4 * C\n",
        "- 2 * a * b**2 / ell**4 * C\n",
        [f"{PAPER}:remark-second-derivative-alpha-alpha"],
    ),
    Mutant(
        f"{CHAPTER}.smoothness",
        "- a**2 / ell**3 * B + a * b / ell**2 * C_b",
        "+ a**2 / ell**3 * B + a * b / ell**2 * C_b",
        [f"{PAPER}:remark-second-derivative-beta-beta"],
    ),
    Mutant(
        f"{CHAPTER}.smoothness",
        "last = 2 * a**2 * b / ell**4 * C\n",
        "last = 2 * a * b**2 / ell**4 * C\n",
        [f"{PAPER}:remark-second-derivative-beta-alpha"],
    ),
    Mutant(
        f"{CHAPTER}.segments",
        "chain((part * ratio) ** 2, lemmas.lower())",
        "chain((x * ratio) ** 2, lemmas.lower())",
        [f"{PAPER}:remark-segment-lower-step"],
    ),
    Mutant(
        f"{CHAPTER}.sizes_of_sums",
        "at_most(pairs, n * (d**2 + 1), names)",
        "at_most(pairs, n * d * (d + 1) / 2, names)",
        [f"{PAPER}:remark-overlapping-pairs"],
    ),
    Mutant(
        "gnnconv_lib.witnesses.relu_expectation",
        "* np.cos(phi - theta)).sum",
        "* np.cos(phi + theta)).sum",
        [f"{PAPER}:remark-zero-overlap-terms/disjoint", f"{PAPER}:remark-length-drift/pairs"],
    ),
    # A twentieth of the printed time.
    Mutant(
        "gnnconv_lib.audit.awasthi2021.bounded_iterates.escape_time",
        "steps = math.ceil(c * math.log(sigma * math.log(h)))",
        "steps = math.ceil(c * math.log(sigma * math.log(h)) / 20)",
        ["awasthi2021:lemma-3/alpha", "awasthi2021:remark-early-phase-end/length"],
    ),
]
