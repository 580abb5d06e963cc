"""Mutants of Lemmas 3 to 6 of li2021, of the hypotheses of its Theorem 2, and of what is said of its cost."""

from tests.mutants.mutant import Mutant

LEMMAS = "gnnconv_lib.bounds.li2021.concentration"
CORRECTED_3, CORRECTED_4 = "li2021:lemma-3/corrected", "li2021:lemma-4/corrected"
CORRECTED_5, CORRECTED_6 = "li2021:lemma-5/corrected", "li2021:lemma-6/corrected"

MUTANTS = [
    Mutant(
        LEMMAS,
        "return radius(setting) ** 2 * setting.inverse_xi",
        "return radius(setting) * setting.inverse_xi",
        [CORRECTED_3],
    ),
    Mutant(
        LEMMAS,
        "setting.inverse_xi * setting.noise * math.sqrt(2 * width(setting))",
        "0.0 * setting.noise",
        [CORRECTED_3, CORRECTED_5],
    ),
    Mutant(
        LEMMAS,
        "return setting.slope**2 * width(setting)",
        "return setting.slope**2 * width(setting) / 2",
        [CORRECTED_3, "li2021:eq-34"],
    ),
    Mutant(LEMMAS, "return 5 * B * radius(setting) * setting.slope + ", "return ", [CORRECTED_3]),
    Mutant(
        LEMMAS,
        "return _rate(setting) * 4 * setting.inverse_xi * radius(setting) * _bracket(setting)",
        "return setting.labels * 4 * setting.inverse_xi * radius(setting) * _bracket(setting)",
        ["li2021:eq-28"],
    ),
    Mutant(
        LEMMAS,
        "return math.sqrt(math.log(setting.labels) / setting.labels) / setting.constant",
        "return math.sqrt(setting.labels) / setting.constant",
        ["li2021:eq-30"],
    ),
    Mutant(
        LEMMAS,
        "return equation_36_printed(setting) * radius(setting)",
        "return equation_36_printed(setting) * radius(setting) * setting.features",
        ["li2021:eq-36/dimension"],
    ),
    Mutant(LEMMAS, "power = 2 * (4 * ", "power = 2 * (1 * ", [CORRECTED_4]),
    Mutant(
        LEMMAS,
        "fourth, second = d * (d + 2) / unit**2, d / unit",
        "fourth, second = d / (2 * unit**2), d / unit",
        [CORRECTED_4, CORRECTED_6],
    ),
    Mutant(
        "gnnconv_lib.audit._overlaps",
        "return graph.nodes**2 / float(np.sum(correlations(graph)))",
        "return float(graph.nodes)",
        [CORRECTED_4],
    ),
    Mutant(
        "gnnconv_lib.audit._overlaps",
        "return float(np.trace(gram) ** 2 / np.sum(gram**2))",
        "return float(np.trace(gram) ** 2 / np.sum(gram))",
        ["li2021:lemma-4/effective-size"],
    ),
    Mutant(
        "gnnconv_lib.audit.li2021.concentration._settings",
        "return math.log(2) - 2 / 3 * root",
        "return min(0.0, math.log(1.5 * math.log(2)) - math.log(root))",
        ["li2021:eq-38/tail"],
    ),
    Mutant(
        "gnnconv_lib.bounds.li2021.theorem_2",
        "return min(first, setting.outputs / (6 * (width(setting) * setting.slope) ** 2))",
        "return first",
        ["companion:remark-experiments-of-theorem-2"],
    ),
    Mutant(
        "gnnconv_lib.bounds.li2021.theorem_2",
        "return np.minimum(product, np.square(target) * ratio - shift * np.abs(target))",
        "return np.square(target)",
        ["companion:theorem-approximate-one-unit/weights"],
    ),
]
