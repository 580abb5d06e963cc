"""Mutants of the networks of li2021 and of their activations."""

from tests.mutants.mutant import Mutant

SAMPLE = "gnnconv_lib.averaging_gnn.sample"

MUTANTS = [
    Mutant(
        "gnnconv_lib.audit.li2021.models_and_assumptions.networks",
        "closed = plain + np.eye(graph.nodes)\n    names",
        "closed = plain + 2 * np.eye(graph.nodes)\n    names",
        ["li2021:definition-neighbourhood"],
    ),
    Mutant(
        "gnnconv_lib.audit.li2021.models_and_assumptions.assumptions",
        "LARGEST_SLOPE, STEEPEST, MINIMUM = 1.0998394,",
        "LARGEST_SLOPE, STEEPEST, MINIMUM = 1.0997,",
        ["li2021:remark-assumptions-swish/true-constants"],
    ),
    Mutant(
        "gnnconv_lib.audit.li2021.models_and_assumptions.assumptions",
        "right = 2 - 2 * np.sum(W * V, axis=(1, 2))",
        "right = 2 - np.sum(W * V, axis=(1, 2))",
        ["li2021:definition-norms"],
    ),
    Mutant(
        "gnnconv_lib.audit.li2021.models_and_assumptions.assumptions",
        "found = np.where(kind == 0, gaussian,",
        "found = np.where(kind == 0, 2 * gaussian,",
        ["li2021:remark-sub-gaussian/norms"],
    ),
    Mutant(
        "gnnconv_lib.audit.li2021.models_and_assumptions.assumptions",
        "2.3993572805, -1.2784645\n",
        "2.3993572805, -1.2784643\n",
        ["li2021:remark-assumptions-swish/true-constants"],
    ),
    Mutant(
        "gnnconv_lib.audit.li2021.models_and_assumptions.assumptions",
        "LARGEST_SLOPE, STEEPEST, MINIMUM = 1.0998394,",
        "LARGEST_SLOPE, STEEPEST, MINIMUM = 1.0998395,",
        ["li2021:remark-assumptions-swish/true-constants"],
    ),
]
