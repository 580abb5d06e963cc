"""Mutants of the ReLU network's setting, duals, loss, Figure 1 and Theorem 1 of awasthi2021."""

from tests.mutants.mutant import Mutant

BOUNDS = "gnnconv_lib.bounds.awasthi2021_relu"
CONSTANT = "companion:theorem-constant-of-theorem-1"
FORMS = "gnnconv_lib.dual.closed_forms"
AUDIT = "gnnconv_lib.audit.awasthi2021"
P = "awasthi2021:"

MUTANTS = [
    # The definition and its closed forms.
    Mutant(
        FORMS,
        "jnp.where(scale_x * scale_y == 0, 0.0, 2 * step_difference(rho, 1.0))",
        "jnp.where(scale_x * scale_y == 0, 0.0, 3 * step_difference(rho, 1.0))",
        [P + "definition-1/quadrature", P + "definition-1/samples", P + "remark-dual-continuous"],
    ),
    Mutant(
        FORMS,
        "return scale_x * scale_y * (slope * rho + bent if slope else bent)",
        "return scale_x * scale_y * (bent - slope * rho if slope else bent)",
        [P + "definition-1/quadrature", P + "remark-derivative-of-dual/continuous-activations"],
    ),
    # Closed neighbourhoods made open, in the slow definition.
    Mutant(
        "gnnconv_lib.witnesses.relu_network",
        'own = neighborhood == "closed"',
        'own = neighborhood != "closed"',
        [P + "eq-4", P + "remark-loss-expansion", P + "remark-neighbourhood-sum", P + "eq-9"],
    ),
    Mutant(
        "gnnconv_lib.relu_gnn.forward",
        'gather = gather + scipy.sparse.eye_array(graph.nodes, format="csr")',
        'gather = gather + 0 * scipy.sparse.eye_array(graph.nodes, format="csr")',
        [P + "remark-complete-graph"],
    ),
    # Ascent for descent.
    Mutant(
        "gnnconv_lib.audit._relu_starts",
        "radial, turning = (1 - x) * length + x * mixed / A",
        "radial, turning = (1 + x) * length - x * mixed / A",
        [P + "eq-17/product", P + "remark-same-size-student"],
    ),
    Mutant(
        "gnnconv_lib.audit._relu_starts",
        "radial = (1 - x) * length + x * B / A",
        "radial = (1 + x) * length - x * B / A",
        [P + "eq-16", P + "eq-17/step"],
    ),
    # Bounds: factors, exponents, dropped terms.
    Mutant(
        BOUNDS,
        "return np.minimum(full, (1 + cos) * np.asarray(slope) ** 2 / (2 * slope_at_one))",
        "return np.minimum(full, (1 + cos) * np.asarray(slope) ** 2 / slope_at_one)",
        [P + "remark-no-patch-assumption"],
    ),
    Mutant(
        BOUNDS,
        "return np.minimum(full, (1 + cos) * np.asarray(slope) ** 2 / (2 * slope_at_one))",
        "return np.minimum(full, 2 * np.asarray(slope) ** 2 / (2 * slope_at_one))",
        [P + "remark-no-patch-assumption"],
    ),
    Mutant(
        BOUNDS,
        "THEOREM_1_CONSTANT = 600.0",
        "THEOREM_1_CONSTANT = 0.5",
        [P + "theorem-1", P + "remark-theorem-1-rate/polynomial"],
    ),
    Mutant(
        BOUNDS,
        "(np.log(nodes * units / error) + log_features)",
        "np.log(nodes * units / error)",
        [P + "theorem-1", P + "remark-theorem-1-alternative"],
    ),
    Mutant(
        BOUNDS,
        "return 4 * full * (1 + np.sqrt(2 * sigma * np.sqrt(inner_dimension) + 4 * math.pi + 1))",
        "return 4 * full * (1 + np.sqrt(2 * sigma * inner_dimension + 4 * math.pi + 1))",
        [P + "remark-smoothness-constant"],
    ),
    Mutant(
        BOUNDS,
        "return 4 * full * (1 + np.sqrt(2 * sigma * np.sqrt(inner_dimension) + 4 * math.pi + 1))",
        "return 5 * full * (1 + np.sqrt(2 * sigma * np.sqrt(inner_dimension) + 4 * math.pi + 1))",
        [P + "remark-step-times-smoothness"],
    ),
    Mutant(
        BOUNDS,
        "return np.asarray(error) ** 2 / (380 * np.pi * (degree + 1) * units**2 * nodes**2)",
        "return np.asarray(error) ** 2 / (380 * np.pi)",
        [P + "eq-29", P + "lemma-4/region"],
        survives="The printed constant is so small that without its factors it is a lower bound too.",
    ),
    Mutant(
        BOUNDS,
        "return math.log(initial_loss / target_loss) / -math.log1p(-contraction)",
        "return math.sqrt(math.log(initial_loss / target_loss)) / -math.log1p(-contraction)",
        [P + "remark-complete-graph-rate"],
    ),
    Mutant(
        BOUNDS,
        "THEOREM_1_CONSTANT = 600.0",
        "THEOREM_1_CONSTANT = 60.0",
        [P + "theorem-1", P + "remark-theorem-1-alternative", f"{CONSTANT}/number"],
    ),
    Mutant(
        BOUNDS,
        "return THEOREM_1_CONSTANT * size * (np.log(nodes * units / error) + log_features)",
        "return THEOREM_1_CONSTANT * size * np.log(nodes * units / error)",
        [P + "theorem-1", f"{CONSTANT}/number"],
    ),
    Mutant(
        "gnnconv_lib.audit.companion.constant_of_theorem_1",
        "at_most(messages / (914 * A), found",
        "at_most(messages / (100 * A), found",
        [f"{CONSTANT}/rate"],
    ),
    Mutant(
        "gnnconv_lib.audit.companion.constant_of_theorem_1",
        "4.5 * n**2 * (d + 1) * r",
        "0.45 * n**2 * (d + 1) * r",
        [f"{CONSTANT}/first-loss"],
    ),
    Mutant(
        "gnnconv_lib.audit.awasthi2021.pl_condition.number_of_steps",
        "log_excess = log_r / 2",
        "log_excess = log_r / 1000",
        [f"{CONSTANT}/no-constant"],
    ),
    # The corrected forms.
    Mutant(
        f"{AUDIT}.pl_condition.short_case",
        "at_most(left, (1 - cos) * n * (d + 1) ** 2, names)",
        "at_most(left, (1 - cos) * n * (d + 1), names)",
        [P + "eq-34"],
    ),
    Mutant(
        f"{AUDIT}.pl_condition.short_case",
        "at_most(eps / (8 * np.pi * h * (d + 1)), 1 - cos, names)",
        "at_most(eps / (8 * np.pi * h), 1 - cos, names)",
        [P + "eq-35"],
    ),
    Mutant(
        f"{AUDIT}.pl_condition.theorem",
        "at_most(here, A / 2 * squared, names)",
        "at_most(here, A / 4 * squared, names)",
        [P + "remark-loss-below-distance"],
    ),
    Mutant(
        f"{AUDIT}.population_loss.plane",
        "own, turn = ((alpha, -beta * beta), (beta, alpha * beta))[coordinate]\n"
        "    printed = own * full - own / length * mixed + turn / length**2 * slope\n"
        "    pairs",
        "own, turn = ((alpha, beta * beta), (beta, alpha * beta))[coordinate]\n"
        "    printed = own * full - own / length * mixed + turn / length**2 * slope\n"
        "    pairs",
        [P + "eq-14/derivative"],
    ),
    Mutant(
        f"{AUDIT}.pl_condition.theorem",
        "(n * (d + 1) + (n**2 - n * (d + 1)) / math.pi)",
        "(n * (d + 1) + (n**2 - n * (d + 1)))",
        [P + "remark-theorem-1-conclusion/cliques"],
    ),
]
