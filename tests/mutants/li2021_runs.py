"""Mutants of Algorithm 1 of li2021, its auxiliary matrix, and the runs of both figures."""

from tests.mutants.mutant import Mutant

XI = "gnnconv_lib.averaging_gnn.xi"
DIRECTIONS = "gnnconv_lib.averaging_gnn.directions"
STEP = "gnnconv_lib.averaging_gnn.algorithm"
TRAINING = "gnnconv_lib.averaging_gnn.training"
PANELS = "gnnconv_lib.averaging_gnn.panels"

DESCENT = """U = W - rates[..., None, None] * divide_by_xi(raw, xi)
        following = Weights(normalized(U, norm), v - rates[..., None] * slope)"""
ASCENT = DESCENT.replace("W - rates", "W + rates").replace("v - rates", "v + rates")

MUTANTS = [
    Mutant(
        XI,
        'return total if normalization == "sum" else total / measure.nodes',
        "return total",
        ["li2021:remark-line-4/average-at-node-level"],
    ),
    Mutant(
        XI,
        'return total if normalization == "sum" else total / measure.nodes',
        "return total / measure.nodes",
        ["li2021:eq-11/closed-form", "li2021:eq-11/all-entries"],
    ),
    Mutant(XI, "size**-0.5) / size))", "size**-0.5) / size**0.5))", ["li2021:eq-11/closed-form"]),
    Mutant(
        XI,
        "return float(left @ right) / collection.number",
        "return float(left @ right)",
        ["li2021:eq-12/closed-form", "li2021:remark-line-4/average-at-graph-level"],
    ),
    Mutant(
        XI,
        "right = average_transposed(collection.union, weight * means)",
        "right = weight * means",
        ["li2021:eq-12/closed-form"],
    ),
    Mutant(
        XI,
        "images = label_sums(data, data.activation.function(X))",
        "images = label_sums(data, X)",
        ["li2021:remark-one-epoch"],
    ),
    Mutant(
        DIRECTIONS,
        "raw = -pulled[..., :, None]",
        "raw = pulled[..., :, None]",
        ["li2021:remark-line-4/formula", "li2021:remark-line-4/average-at-node-level"],
    ),
    Mutant(
        DIRECTIONS,
        'slope = -jnp.einsum("...qn,...n->...q", after, back)',
        'slope = jnp.einsum("...qn,...n->...q", after, back)',
        ["li2021:remark-line-5/formula", "li2021:remark-line-5/exact"],
    ),
    Mutant(
        DIRECTIONS,
        "return raw / data.size, slope / data.size,",
        "return raw / data.size, slope,",
        ["li2021:remark-line-5/exact"],
    ),
    Mutant(
        DIRECTIONS,
        "return jnp.linalg.solve(xi, raw)",
        "return xi @ raw",
        ["li2021:remark-line-4/formula"],
    ),
    Mutant(
        DIRECTIONS,
        "bent = data.activation.derivative(before)",
        "bent = data.activation.function(before)",
        ["li2021:remark-exact-gradient/entry-by-entry"],
    ),
    Mutant(
        STEP,
        "U = W - rate[..., None, None] * direction",
        "U = W + rate[..., None, None] * direction",
        ["li2021:remark-lines-6-to-8"],
    ),
    Mutant(
        STEP,
        "return Weights(normalized(U, norm), v - rate[..., None] * slope)",
        "return Weights(U, v - rate[..., None] * slope)",
        ["li2021:remark-lines-6-to-8"],
    ),
    Mutant(
        STEP,
        "direction, slope = approximate_direction(W, v, data, xi)\n",
        "direction, slope = approximate_direction(W, 1.01 * v, data, xi)\n",
        ["li2021:algorithm-1/fixed-point"],
    ),
    Mutant(TRAINING, DESCENT, ASCENT, ["li2021:algorithm-1/iterates"]),
    Mutant(TRAINING, DESCENT, ASCENT, ["li2021:remark-figure-1-order"]),
    Mutant(TRAINING, DESCENT, ASCENT, ["li2021:remark-figure-2-order"]),
    Mutant(
        PANELS,
        '(labels if reading == "sum" else 1)',
        "1",
        ["li2021:remark-figure-1-order", "li2021:remark-figure-1-stable"],
    ),
    Mutant(
        "gnnconv_lib.audit.li2021.algorithm_1.lines",
        "passes_until(T, 1, 0), passes_until(T, 0, 1)\n    return equal(printed",
        "passes_until(T, 1, 0), passes_until(T, 1, 1)\n    return equal(printed",
        ["li2021:remark-line-1"],
    ),
]
