"""What the letters of the lemmas are at the cases of a claim, as formulas of its columns."""

import numpy as np

from gnnconv_lib import dual
from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit._relu_cases import evaluate
from gnnconv_lib.audit._relu_domains import columns as of_graphs, measures
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import evaluation

#: What follows from the columns, in this order; the first formula of a name that is known counts.
FOLLOWS = """
w = 1 / pi
along = length * cos
loss = A * (length**2 + 1) / 2 - length * B
square = (A * length - B) ** 2 + (C * sine) ** 2
radial = (1 - x) * length + x * B / A
after = hypot(radial, x * C * sine / A)
after_B = mixed(abs(arctan2(sine, cos) - arctan2(x * C * sine / A, radial)))
mu = (1 + cos) * C**2 / (2 * C1)
printed_mu = lemma_4(eps, n, d, h)
printed_mu = lemma_4(1, n, d, 1)
overlap = rho
overlap = resize([1.0, 0.0, 0.4, 0.9, 1e-3], len(cos))
share_of_leak = 2 * leak / (1 + leak**2)
v = other.T + length * stack([cos, sine, 0 * cos])
to_teacher = v[0] / sqrt(sum(v**2))
half = x * (2 - x) * C**2 / (4 * A * C1)
log_first = log(A / 2) + 2 * log(2 + exp(-log_r / 2)) + log_r
stated = n**4 * h**2 * (d + 1) / eps**2 * log(n * h / eps)
near = log(2 * eps**2 / (h * A)) / 2
start = 1 + d
low = minimum(target / 2, start)
high = maximum(2 * target, start)
gap = value - target
across = hypot(P - R, 2 * Q)
"""
#: Letters by lemma, in this order; a formula with a name that is not known is left out.
LETTERS = """
*: A = A; B = B; C = C; S = S; M = M; n = n; d = d; D = d + 1; K = C1; c = cos; l = length; x = x
*: w = w; s = sign; e = eps / (h * n); h = h; P = P; Q = Q; R = R; a = a; b = b
terms leaky_terms leaky_sizes difference from_the_tangent_at_zero: r = overlap; m = share_of_leak
tangents leaky_tangents: r = overlap; m = share_of_leak; e = to_teacher; u = s(overlap * to_teacher)
tangents leaky_tangents: g = (v[0] * cos + v[1] * sine) / sqrt(sum(v**2))
terms leaky_terms leaky_sizes difference: s = s(overlap); p = step(overlap)
terms leaky_terms leaky_sizes difference tangents leaky_tangents: q = step(overlap * cos)
terms leaky_terms difference tangents leaky_tangents from_the_tangent_at_zero: t = s(overlap * cos)
upper lower length_keeps drift near_one length divergence growth segment_length: n = after
upper: u = maximum(length, 1)
segment_keeps segment_length: y = x
least_length: n = after; r = n**2 * (d + 1) / (4 * pi)
mixed_derivatives beta_from_gap near_the_teacher unit_length_end descent: a = along; b = length * sine
curvature_terms: r = overlap; s = sine; m = 1; q = sqrt(1 - (overlap * cos) ** 2)
diagonal: q = step(cos)
entries: X = B - cos * C; Y = sine**2 * K; W = R / pi; s = sine
eigenvalue: p = aa; q = bb; r = ab; t = (aa + bb + hypot(aa - bb, 2 * ab)) / 2
eigenvalue: P = abs(aa); Q = abs(bb); R = abs(ab)
slope_of_any_graph: r = sqrt(d + 1); T = sqrt(M)
descent: g = (A * length - B) * cos - C * sine**2; h = (A * length - B + C * cos) * sine
descent: f = length * B; F = after * after_B
contraction: N = A * (after**2 + 1) / 2 - after * after_B
contraction lemma_4 long_iterates: G = square; L = loss; m = printed_mu
conclusion: r = (length - 1) ** 2 + 2 * length * (1 - cos)
degree_condition: p = pi**3
constant_increases: D = slope(0.9 * theta); e = cosine(0.9 * theta)
subtracted_gradient: N = hypot(B, C * sine)
subtracted_gradient: F = mixed(arctan2(sine * (B - C * cos), B * cos + C * sine**2))
loss_after_one: n = after; F = after_B
number_of_steps: R = 13.8; y = -log1p(-minimum(x * (2 - x) * mu / A, 1 - 1e-16))
first_loss: p = sqrt(r)
number number_of_moderate polynomial: N = log(n); P = log(d + 1); H = log(h); R = log_r; E = -log(eps)
number number_of_moderate polynomial: a = A / S; k = h**2 / eps**2; u = log_first + log(h / eps**2)
number number_of_moderate polynomial: y = -log1p(-half); r = exp(minimum(log_r, 700))
no_constant: R = 2 + 4 * stated; T = stated; t = near; y = -log1p(-x)
no_constant: u = 1 + 2 * stated + log(1 - exp(-1 - 2 * stated)) - near
growth_in_the_error: L = log(h) + log_first; E = -log(eps); t = log(2); k = 1 / (4 * eps**2)
gradient_upper power_upper progress_first progress_second square_of_the_gradient: l1 = low ** (L - 1)
gradient_upper power_upper progress_second square_of_the_gradient: N = L; q = d**2 + 1
gradient_upper power_upper square_of_the_gradient: u1 = high ** (L - 1)
gradient_upper power_upper progress_first progress_second square_of_the_gradient: e = gap
gradient_upper power_upper progress_first progress_second: D = value**L - target**L
square_of_the_gradient moves_towards_the_target: D = value**L - target**L; e = gap
gradient_upper progress_first square_of_the_gradient moves_towards_the_target: p = value ** (L - 1)
progress_first moves_towards_the_target: c = 0.3
moves_towards_the_target: x = value; s = sign_of(gap)
ends_of_the_range: t = target; s = start; l = low; u = high; a = maximum(0.5, 1 - start / target)
ends_of_the_range: b = maximum(1, start / target - 1)
below_the_upper_end: t = target; m = maximum(1, start / target - 1)
step_below_two: f = factor; c = 1; x = target ** (2 * L - 2); u = maximum(start, target) ** (2 * L - 2)
equation_58: k = abs(Q * (P + R))
equation_59: f = (P + R + where(P > Q, 1, -1) * across) / 2; t = abs(P + R); h = across
mixture: c = c; n = sqrt(a**2 + b**2 + 2 * a * b * c)
any_step_of_weights: e = alpha * rho; s = sqrt(1 + alpha * rho); b = before; n = after
size: m = mean + 1
larger_factor: e = 2 * share / (A + C1)
larger_factor: f = maximum(abs(1 - 2 * share * A / (A + C1)), abs(1 - 2 * share * C1 / (A + C1)))
_seven_times: k = cliques; p = pi
fourth_moments: s = deviation
"""
#: The cases that a claim compares, where these are not all of its domain.
WHERE = {
    "slope_by_count": "d >= 2",
    "growth": "length > x / (x - 2)",
    "number_of_moderate": "log_r <= n",
    "polynomial": "log_r <= 300",
    "growth_in_the_error": "eps <= 0.5",
    "power_upper": "gap != 0",
}
_NUMPY = (np.abs, np.arctan2, np.exp, np.hypot, np.log, np.log1p, np.maximum, np.minimum, np.resize)
_CALLS = {
    **{call.__name__: call for call in (*_NUMPY, np.sqrt, np.stack, np.where)},
    **{"abs": np.abs, "pi": np.pi},
    **{"cosine": np.cos, "sign_of": np.sign, "len": len, "sum": lambda x: np.sum(x, axis=0)},
    **{"s": lambda u: np.asarray(dual.scaled_relu(u)), "step": lambda u: np.asarray(dual.step(u))},
    "lemma_4": bounds.lemma_4_printed,
}


def value(formula, scope):
    """The value of a formula; None where it has a name that is not known."""
    try:
        return eval(formula, {"__builtins__": {}, **_CALLS}, scope)
    except NameError:
        return None


def known(columns):
    """What is known by name at the cases: the columns, the sums of their graphs, what follows."""
    scope = {name: evaluation.as_column(v) for name, v in columns.items()}
    scope = {name: v for name, v in scope.items() if v.dtype.kind in "bif"}
    if "measure" in columns:
        one = np.ones(len(columns["measure"]))
        given = (columns.get("l", columns.get("valley", one)), columns.get("theta", 0 * one))
        at = Point(columns["measure"], *given, columns.get("x", 1.0), columns.get("leak", 0.0))

        def turned(angle):
            return Point(at.measure, at.length, angle, at.step, at.leak)

        cos = np.where(at.angle < np.pi, np.maximum(at.cos, np.nextafter(-1, 0)), at.cos)
        scope |= {"A": at.full, "B": at.mixed, "C": at.slope, "C1": at.slope_at_one, "M": at.pairs}
        scope |= {"S": at.messages, "cos": cos, "sine": at.sine, "length": at.length}
        scope |= {"mixed": lambda a: turned(a).mixed, "slope": lambda a: turned(a).slope}
    elif "graph" in columns:
        graphs = tuple(columns["graph"])
        made = of_graphs(graphs, np.ones((len(graphs), 1)), np.ones((len(graphs), 1)))
        scope |= {name: made[name] for name in ("A", "C1", "S", "M", "n", "d")}
        scope["mean"] = np.array([np.mean(graph.degrees) for graph in graphs])
        rho, mass = measures(graphs)
        scope["mixed"] = lambda angle: evaluate(rho, mass, np.cos(angle)[:, None])[0][:, 0]
        scope |= {"x": scope["share"] * scope["x"]} if {"share", "x"} <= set(scope) else {}
    for line in FOLLOWS.strip().splitlines():
        name, formula = line.split(" = ", 1)
        found = value(formula, scope) if scope.get(name) is None else None
        scope |= {} if found is None else {name: found}
    return {name: found for name, found in scope.items() if found is not None}


def letters(lemma, scope):
    """The letters of a lemma that are known, by name."""
    found = {}
    for line in LETTERS.strip().splitlines():
        names, formulas = line.split(": ", 1)
        if {"*", lemma} & set(names.split()):
            made = {
                f.split(" = ")[0]: value(f.split(" = ")[1], scope) for f in formulas.split("; ")
            }
            found |= {letter: number for letter, number in made.items() if number is not None}
    return found
