"""Mutants of the constants, conditions and bounds of li2021's Theorem 2 and of its corrected form."""

from tests.mutants.mutant import Mutant

CONSTANTS = "gnnconv_lib.bounds.li2021.constants"
THEOREM = "gnnconv_lib.bounds.li2021.theorem_2"
AUDIT = "gnnconv_lib.audit.li2021.convergence"
CORRECTED = ["li2021:theorem-2/population", "li2021:theorem-2/finite-samples"]

WRONG = "gnnconv_lib.audit.li2021.convergence.wrong_networks"
OTHER_OUTPUTS = [
    "li2021:theorem-2/outputs",
    "li2021:remark-3/outputs",
    "li2021:remark-contribution-cost/outputs",
    "li2021:remark-2/best-of-four",
]
MUTANTS = [
    # Two units: a run that starts, or is said to end, at the teacher.
    Mutant(
        WRONG,
        "return W / np.linalg.norm(W), v, W_star",
        "return W_star / np.linalg.norm(W_star), v_star, W_star",
        OTHER_OUTPUTS,
    ),
    Mutant(WRONG, "key: (of_W[k, -1], of_v[k, -1])", "key: (W_star[k], v_star[k])", OTHER_OUTPUTS),
    Mutant(
        WRONG,
        "float(of_v[0]) / math.sqrt(2) + entry.target * float(of_W[0])",
        "float(of_v[0]) * math.sqrt(2) * 1e3 + entry.target * float(of_W[0])",
        OTHER_OUTPUTS[:-1],
    ),
    Mutant(
        CONSTANTS,
        "a * s**2 * setting.outputs / 2 - 3 *",
        "a * s**2 * setting.outputs / 2 - 6 *",
        ["li2021:eq-13"],
    ),
    Mutant(
        CONSTANTS,
        "return B * math.sqrt(2 * a / setting.outputs + 6 *",
        "return B * math.sqrt(2 * a / setting.outputs + 3 *",
        ["li2021:eq-14"],
    ),
    Mutant(
        CONSTANTS,
        "math.sqrt(2 * a + 3 * a**2 * power)",
        "math.sqrt(2 * a + 3 * a * power)",
        ["li2021:eq-15"],
    ),
    Mutant(
        CONSTANTS,
        "level = 2 * (ratio * setting.target) ** 2 +",
        "level = (ratio * setting.target) ** 2 +",
        ["li2021:eq-16"],
    ),
    Mutant(
        CONSTANTS, "(width(setting) * power + 1)", "(width(setting) * power + 2)", ["li2021:eq-17"]
    ),
    Mutant(
        CONSTANTS,
        "return equation_16_printed(setting) + setting.target",
        "return equation_16_printed(setting) - setting.target",
        ["li2021:definition-d-zero"],
    ),
    Mutant(
        THEOREM,
        "4 * deviation * (grown + math.sqrt(grown))",
        "2 * deviation * (grown + math.sqrt(grown))",
        ["li2021:eq-18", "li2021:lemma-1/some-constant"],
    ),
    Mutant(THEOREM, "keep = 1 - a * lowest / 2", "keep = 1 - a * lowest", ["li2021:eq-13"]),
    Mutant(
        THEOREM,
        "left = (2 * a / lowest + 3 * a**2)",
        "left = (a / lowest + 3 * a**2)",
        ["li2021:eq-15"],
    ),
    Mutant(
        THEOREM,
        "setting.outputs / (6 * (width(setting) * setting.slope) ** 2)",
        "setting.outputs / (5 * (width(setting) * setting.slope) ** 2)",
        ["li2021:eq-40"],
    ),
    Mutant(
        THEOREM,
        "return _room(setting) / _spread(setting)",
        "return 2 * _room(setting) / _spread(setting)",
        ["li2021:eq-41", "li2021:eq-42"],
    ),
    Mutant(
        THEOREM,
        "equation_46(setting) * (6 * setting.learning_rate",
        "equation_46(setting) * (setting.learning_rate",
        ["li2021:eq-44"],
    ),
    Mutant(
        THEOREM,
        "return 2 * equation_48(setting) * setting.inverse_xi",
        "return equation_48(setting) * setting.inverse_xi",
        ["li2021:eq-45", "li2021:eq-46/node"],
    ),
    Mutant(
        THEOREM,
        "return 2 / setting.constant",
        "return 4 / setting.constant",
        ["li2021:eq-48", "li2021:eq-49/node"],
    ),
    Mutant(THEOREM, "np.square(target) * ratio - shift", "np.square(target) - shift", CORRECTED),
    Mutant(THEOREM, "ratio - shift * np.abs(target)", "ratio + shift * np.abs(target)", CORRECTED),
    Mutant(THEOREM, "gain * rho) ** (-t / 2)", "gain * rho) ** (-t)", CORRECTED),
    Mutant(
        THEOREM,
        "(target * slope / 2 * of_W[s] ** 2 + deviation_v)",
        "(target * slope / 2 * of_W[s] ** 2 - deviation_v)",
        CORRECTED,
    ),
    Mutant(
        THEOREM,
        "of_v[s + 1] = (1 - learning_rate * second_moment)",
        "of_v[s + 1] = (1 - 2 * learning_rate * second_moment)",
        CORRECTED,
    ),
    Mutant(
        THEOREM,
        "deviation_v + target * slope * k**2 / 2",
        "deviation_v + target * slope * k**2",
        ["li2021:eq-47/floor"],
    ),
    Mutant(
        "gnnconv_lib.audit._averaging_paths",
        "weight = weight - rate * (top * weight",
        "weight = weight + rate * (top * weight",
        ["li2021:theorem-2/population"],
    ),
    Mutant(
        f"{AUDIT}.steps",
        '{"mean": "mean", "literal": "sum"}[reading]',
        '{"mean": "mean", "literal": "mean"}[reading]',
        ["li2021:eq-21"],
    ),
    Mutant(
        f"{AUDIT}.constants",
        "for_graphs_of_one_mean_degree=both(cycles, levels)",
        "for_graphs_of_one_mean_degree=both(dense, levels)",
        ["li2021:remark-gammas-independent-of-n", "li2021:remark-constants-independent-of-n"],
    ),
    Mutant(
        f"{AUDIT}.theorem_2",
        "v = v + 0.01 * hidden.T @ residual / n",
        "v = v_star",
        ["li2021:theorem-2/v", "li2021:eq-47/two-hidden-units"],
    ),
    Mutant(
        f"{AUDIT}.corrected",
        "moved, v = W - rate * G, v - rate * g",
        "moved, v = W + rate * G, v + rate * g",
        ["li2021:theorem-2/on-data"],
    ),
    # Steps beyond (40), where the theorem says nothing.
    Mutant(
        WRONG,
        "rate = 0.5 * bounds.equation_40(base)",
        "rate = 50 * bounds.equation_40(base)",
        OTHER_OUTPUTS,
    ),
    Mutant(
        "gnnconv_lib.audit.li2021.convergence.regions",
        "learning_rate=(1 - 1e-9) * bounds.equation_40(base)",
        "learning_rate=3 * bounds.equation_40(base)",
        ["li2021:theorem-3/product", "li2021:theorem-3/trace"],
    ),
    # A hypothesis that no run meets.
    Mutant(
        "gnnconv_lib.audit.li2021.convergence.corrected",
        "n, rate, c_1, v, target = 3000, 0.1, 0.4, 0.7, 1.0",
        "n, rate, c_1, v, target = 3000, 0.1, 0.9999, 0.7, 1.0",
        ["li2021:theorem-2/on-data"],
    ),
    Mutant(
        "gnnconv_lib.audit._one_unit_starts",
        "rate = 0.9 * bounds.equation_40(base)",
        "rate = 9 * bounds.equation_40(base)",
        ["li2021:theorem-3/product-with-one-unit", "li2021:eq-43/one-hidden-unit"],
    ),
]
