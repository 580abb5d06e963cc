"""The prover: what it proves is true, what is false it refutes, what it cannot do it says."""

import mpmath as mp
import pytest
from flint import arb, arb_series, ctx
from hypothesis import given, strategies as st

import gnnconv_lib as gc
from gnnconv_lib.certificates import certify_nonnegative
from gnnconv_lib.dual import inequalities

TIGHT = {
    "order 1 at the left end": (lambda t: t, 0.0, 1.0),
    "order 2 inside": (lambda t: t * t, -1.0, 1.0),
    "order 3 at the left end": (lambda t: t.sin() - t * t.cos(), 0.0, 3.0),
    "order 4 at both ends": (lambda t: t * t * (1 - t) * (1 - t), 0.0, 1.0),
    "order 1 at the right end": (lambda t: 1 - t, 0.0, 1.0),
    "constant 0": (lambda t: 0 * t, -2.0, 5.0),
}


@pytest.mark.parametrize("name", TIGHT)
def test_tight_inequalities_are_proved(name):
    function, low, high = TIGHT[name]
    certificate = certify_nonnegative(function, low, high)
    assert certificate.proved
    assert certificate.boxes >= 1
    assert certificate.smallest_margin >= 0


@pytest.mark.parametrize("depth", [1e-3, 1e-9, 1e-25])
def test_a_dip_below_zero_is_refuted_with_its_place(depth):
    certificate = certify_nonnegative(lambda t: (t - 0.3) * (t - 0.3) - depth, 0.0, 1.0)
    assert certificate.status == "refuted"
    point = certificate.box[0]
    assert (point - 0.3) ** 2 < depth
    assert certificate.value < 0


def test_a_sign_change_at_the_tight_end_is_refuted():
    assert certify_nonnegative(lambda t: t**3 - t**2, 0.0, 2.0).status == "refuted"


def test_a_tight_point_that_is_no_binary_number_stays_undecided():
    certificate = certify_nonnegative(lambda t: (3 * t - 1) * (3 * t - 1), 0.0, 1.0, max_boxes=200)
    assert certificate.status == "undecided"
    low, high = certificate.box
    assert low <= 1 / 3 <= high or high - low < 1e-3


def test_a_divisor_around_zero_is_no_proof():
    assert not certify_nonnegative(lambda t: 1 / (t - 0.3), 0.0, 1.0, max_boxes=500).proved


def test_a_function_with_too_few_known_terms_is_refused():
    with pytest.raises(gc.InvalidInput, match="known terms"):
        certify_nonnegative(lambda t: arb_series([1], prec=1), 0.0, 1.0)
    with pytest.raises(gc.InvalidInput, match="known terms"):
        certify_nonnegative(lambda t: arb(1), 0.0, 1.0)


@given(
    st.lists(st.integers(-20, 20), min_size=1, max_size=5),
    st.integers(-4, 3),
    st.integers(1, 4),
)
def test_polynomials_are_decided_rightly(coefficients, low, width):
    def polynomial(t):
        total = 0 * t
        for coefficient in coefficients:
            total = total * t + coefficient
        return total

    certificate = certify_nonnegative(polynomial, float(low), float(low + width), max_boxes=300)
    values = [
        sum(c * (low + width * k / 64) ** p for p, c in enumerate(reversed(coefficients)))
        for k in range(65)
    ]
    if certificate.proved:
        assert min(values) >= 0
        assert certificate.smallest_margin <= max(map(abs, values)) + sum(map(abs, coefficients))
    elif certificate.status == "refuted":
        point = mp.mpf(certificate.box[0])
        assert mp.polyval(coefficients, point) < 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((1.0, 0.0), "high must be"),
        ((0.0, 0.0), "high must be above low"),
        ((float("nan"), 1.0), "low must be"),
        ((0.0, 1.0, 0), "order must be"),
        ((0.0, 1.0, 4, 10), "precision must be"),
        ((0.0, 1.0, 4, 64, 0), "max_boxes must be"),
    ],
)
def test_bad_input_is_refused(arguments, words):
    with pytest.raises(gc.InvalidInput, match=words):
        certify_nonnegative(lambda t: t, *arguments)


def test_the_settings_of_flint_are_put_back():
    before = ctx.prec, ctx.cap
    certify_nonnegative(lambda t: t, 0.0, 1.0, order=3, precision=200)
    with pytest.raises(RuntimeError):
        certify_nonnegative(_raising, 0.0, 1.0, order=3, precision=200)
    assert (ctx.prec, ctx.cap) == before


def _raising(t):
    raise RuntimeError


def dual(x):
    return (mp.sqrt(1 - x * x) + x * (mp.pi - mp.acos(x))) / mp.pi


def step(x):
    return 1 - mp.acos(x) / mp.pi


def parabola(x, curvature):
    return 1 / mp.pi + x / 2 + curvature * x * x


# Left minus right side of each inequality, as a function of rho, from the textbook forms.
GAPS = {
    "nonnegative": dual,
    "nondecreasing": step,
    "convex": lambda x: mp.sqrt(1 - x * x),
    "above x times its slope": lambda x: dual(x) - x * step(x),
    "at least 1/pi": lambda x: dual(x) - 1 / mp.pi,
    "at least x": lambda x: dual(x) - max(x, 0),
    "at most 1": lambda x: (1 + x) / 2 - dual(x),
    "largest on the positive side": lambda x: dual(abs(x)) - dual(-abs(x)),
    "above a parabola": lambda x: dual(x) - parabola(x, 1 / (2 * mp.pi)),
    "below a parabola": lambda x: parabola(x, mp.mpf(1) / 2 - 1 / mp.pi) - dual(x),
    "step at least 1/2 on the positive side": lambda x: step(x) - mp.mpf(1) / 2,
    "step near 0": lambda x: step(x) - mp.mpf("0.4936"),
    "step at least 1/2 near 0": lambda x: step(x) - mp.mpf(1) / 2,
}
FALSE = ["step at least 1/2 near 0"]


def test_every_inequality_has_its_gap():
    assert set(GAPS) == set(inequalities.INEQUALITIES)


@pytest.mark.parametrize("name", inequalities.INEQUALITIES)
def test_inequality_is_proved_or_refuted(name):
    expected = "refuted" if name in FALSE else "proved"
    assert {certificate.status for certificate in inequalities.prove(name)} == {expected}


@pytest.mark.parametrize("name", inequalities.INEQUALITIES)
def test_the_function_proved_is_the_gap_up_to_a_positive_factor(name):
    entry = inequalities.INEQUALITIES[name]
    for place, (function, largest) in enumerate(entry.pieces):
        ratios = []
        for k in range(1, 8):
            t = largest * k / 8
            value = float(function(arb_series([arb(t), 1]))[0].mid())
            ratios.append(value / float(GAPS[name](_rho(entry, place, t))))
        assert min(ratios) > 0
        assert max(ratios) <= min(ratios) * (1 + 1e-9)


@pytest.mark.parametrize("name", inequalities.INEQUALITIES)
def test_the_pieces_cover_the_interval(name):
    entry = inequalities.INEQUALITIES[name]
    if entry.two_sided:
        assert (entry.low, entry.high) == (-entry.pieces[0][1], entry.pieces[0][1])
        return
    first, second = (largest for _, largest in entry.pieces)
    if first == inequalities.QUARTER:
        assert (entry.low, entry.high) == (-1.0, 1.0)
        assert first > mp.pi / 2
        assert second > mp.pi / 2
    else:
        assert max(abs(entry.low), abs(entry.high)) <= 1
        assert second > mp.acos(mp.mpf(first))


def _rho(entry, place, t):
    if entry.two_sided:
        return mp.mpf(t)
    if place == 1:
        return mp.cos(t)
    return -mp.cos(t) if entry.pieces[0][1] == inequalities.QUARTER else mp.mpf(t)


def test_two_proofs_of_one_statement_are_equal():
    # Python 3.13 compares the fields of a dataclass one by one: none may be NaN.
    assert certify_nonnegative(lambda t: t * t, 0.0, 1.0) == certify_nonnegative(
        lambda t: t * t, 0.0, 1.0
    )
