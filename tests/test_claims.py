"""The engine of claims: what it decides, and that what cannot be trusted is refused."""

import numpy as np
import pytest
import sympy
from claims_support import SIZES, decided

from gnnconv_lib import graphs
from gnnconv_lib.certificates import certify_nonnegative
from gnnconv_lib.claims import (
    Found,
    at_most,
    both,
    choice,
    claim,
    correction,
    domain,
    engine,
    equal,
    exact_zero,
    fixed,
    graph,
    integer,
    less,
    proved,
    readings,
    real,
    sampled,
    symbolic_zero,
    unstated,
    where,
)
from gnnconv_lib.validation import InvalidInput

pytestmark = pytest.mark.usefixtures("private_registry")


def test_a_statement_without_violation_holds():
    found = decided(lambda n: at_most(n, n + 1))
    assert (found.verdict, found.kind, found.witness) == ("holds", "search", None)
    assert found.summary == "No violation in 4 cases."
    assert found.hypotheses == "n ≥ 1"
    assert found.numbers["cases"] == 4


def test_the_smallest_failing_case_is_the_witness_with_both_sides():
    found = decided(lambda n: at_most(n, 2, ("n", "two")))
    assert found.verdict == "false"
    assert (found.witness.case, found.witness.left, found.witness.right) == ("n = 3", 3, 2)
    assert str(found.witness) == "n = 3: n = 3, two = 2, where <= is stated"
    assert found.numbers["violations"] == 2
    told = decided(lambda n: at_most(n, 2, ("n", "2"))).witness
    assert str(told) == "n = 3: n = 3, 2, where <= is stated"


def test_a_strict_inequality_fails_at_equality():
    assert decided(lambda n: less(n, np.maximum(n, 3.5))).verdict == "false"
    assert decided(lambda n: at_most(n, np.maximum(n, 3.5))).verdict == "holds"


@pytest.mark.parametrize(
    ("repair", "verdict"),
    [("slip", "slip"), ("correction", "holds with correction"), ("replacement", "false")],
)
def test_a_correction_that_holds_gives_what_was_declared(repair, verdict):
    found = decided(lambda n: (at_most(n, 2), at_most(n, 10)), repair=repair)
    assert (found.verdict, found.corrected) == (verdict, True)


def test_a_correction_that_fails_is_told():
    found = decided(lambda n: (at_most(n, 2), at_most(n, 9)))
    assert (found.verdict, found.corrected) == ("false", False)
    assert found.summary.endswith("The corrected statement fails too.")


def test_a_correction_may_have_a_domain_of_its_own():
    def small(n):
        """A sentence."""
        return at_most(n, 2)

    below = domain(integer("n", "[1, 2]"), cases=lambda budget: {"n": [1, 2]})
    correction("li2021:eq-1/small", below)(small)
    found = decided(lambda n: at_most(n, 2), corrected_by="li2021:eq-1/small")
    assert (found.verdict, found.corrected) == ("holds with correction", True)


def test_one_sided_infinity_violates_in_words_and_nan_decides_nothing():
    over = domain(real("x", "(0, inf)"), cases=lambda budget: {"x": [0.05, 1.0, 20.0]})
    found = decided(lambda x: at_most(np.where(x == 1.0, np.inf, x), 30.0), over)
    assert found.witness.case == "x = 1"
    assert "left side = infinity" in str(found.witness)
    with pytest.raises(InvalidInput, match="a side is not a number"):
        decided(lambda x: at_most(np.where(x == 1.0, np.nan, x), 30.0), over)
    both_infinite = decided(lambda x: at_most(np.where(x > 1, np.inf, x), np.full(3, np.inf)), over)
    assert both_infinite.verdict == "holds"


# Readings, and what the text leaves open.


def test_readings_decide_together():
    mixed = decided(lambda n: readings(literal=at_most(n, 2), mean=at_most(n, 20)))
    assert mixed.verdict == "depends on the reading"
    assert mixed.summary.startswith("literal: fails; mean: holds.")
    assert decided(lambda n: readings(a=at_most(n, 12), b=at_most(n, 20))).verdict == "holds"
    assert decided(lambda n: readings(a=at_most(n, 2), b=at_most(n, 1))).verdict == "false"


def test_what_is_not_stated_is_no_error_of_the_authors():
    found = decided(lambda n: unstated("the step size", {"a": at_most(n, 2), "b": at_most(n, 1)}))
    assert found.verdict == "not reproducible as described"
    assert "Not stated: the step size." in found.summary


def test_cases_with_different_proofs_are_refused():
    x = sympy.Symbol("x")
    zero = symbolic_zero((x + 1) ** 2 - x**2 - 2 * x - 1)

    def on_small_cases_only(n):
        return proved(zero if n < 5 else None, sides=at_most(n, n + 1))

    with pytest.raises(InvalidInput, match="all cases must rest on one proof"):
        decided(on_small_cases_only, each=True)


def test_a_conjecture_never_holds():
    assert decided(lambda n: at_most(n, n + 1), conjecture=True).verdict == "open"
    assert decided(lambda n: at_most(n, 2), conjecture=True).verdict == "false"


def test_a_failure_outside_the_regime_is_a_slip_and_says_so():
    regime = where("n is at least 2", lambda n: n >= 2)
    over = domain(integer("n", "[1, inf)"), cases=lambda b: {"n": [1, 2, 9]}, regime=regime)
    found = decided(lambda n: less(1, n), over)
    assert (found.verdict, found.witness.degenerate) == ("slip", True)
    assert "No violation where n is at least 2 (search)." in found.summary
    inside = decided(lambda n: at_most(n, 0.5), over)
    assert (inside.verdict, inside.witness.case) == ("false", "n = 2")
    assert not inside.witness.degenerate


# Kinds of evidence are earned.


def test_kinds_follow_from_what_was_used():
    rng = np.random.default_rng(0)
    samples = rng.normal(size=(10, 500))
    errors = samples.std(axis=1) / np.sqrt(500)
    assert decided(lambda n: equal(np.log(n + 1.0), -np.log(1 / (n + 1.0)))).kind == "numerical"
    assert (
        decided(lambda n: sampled(samples.mean(axis=1)[n - 1], errors[n - 1], 0.0)).kind
        == "monte carlo"
    )
    assert (
        decided(lambda n: sampled(samples.mean(axis=1)[n - 1], errors[n - 1], 1.0)).verdict
        == "false"
    )
    certified = certify_nonnegative(lambda x: x * x, 0.0, 1.0)
    assert decided(lambda n: proved(certified)).kind == "certified"
    assert decided(lambda n: proved(exact_zero([0, 0]))).kind == "symbolic"
    assert decided(lambda n: both(proved(certified), at_most(n, n + 1))).kind == "search"


@pytest.mark.parametrize("fake", ["proved", True, 1.0])
def test_a_kind_cannot_be_claimed(fake):
    with pytest.raises(InvalidInput, match="proof must come from a checker"):
        decided(lambda n: proved(fake))


def test_what_is_not_proved_never_holds():
    undecided = certify_nonnegative(lambda x: (x - 0.3) ** 2, 0.0, 1.0, max_boxes=2)
    assert undecided.status == "undecided"
    assert decided(lambda n: proved(undecided)).verdict == "open"
    refuted = certify_nonnegative(lambda x: x - 0.5, 0.0, 1.0)
    assert decided(lambda n: proved(refuted)).verdict == "false"
    assert decided(lambda n: proved(exact_zero([1]))).verdict == "false"


def test_numbers_that_contradict_a_proof_stop_everything():
    certified = certify_nonnegative(lambda x: x * x, 0.0, 1.0)
    with pytest.raises(InvalidInput, match="the numbers contradict"):
        decided(lambda n: proved(certified, sides=at_most(n, 2)))


def test_floating_point_numbers_are_no_symbolic_proof():
    sympy = pytest.importorskip("sympy")
    with pytest.raises(InvalidInput, match="expression must be exact"):
        symbolic_zero(sympy.Symbol("x") - 0.5)
    with pytest.raises(InvalidInput, match="exact rational"):
        exact_zero([0.0])


def test_an_expression_that_is_zero_as_it_is_stated_proves_nothing():
    sympy = pytest.importorskip("sympy")
    x, y, L = sympy.symbols("x y L", positive=True)
    for vacuous in (0, x - x, y * x - x * y, x * x - x**2):
        with pytest.raises(InvalidInput, match="proves nothing"):
            symbolic_zero(vacuous, sympy.expand)
    # What a letter stands for comes afterwards, and counts.
    assert symbolic_zero(y**L - x ** (2 * L), lambda e: e.subs(y, x**2)).proved
    assert symbolic_zero(y**L - x ** (2 * L), lambda e: e.subs(y, x**3)).status == "refuted"


# A check that cannot fail is refused.


def test_one_expression_on_both_sides_is_refused():
    with pytest.raises(InvalidInput, match="both sides are one expression"):
        decided(lambda n: equal(n, n))


def test_sides_that_do_not_depend_on_the_case_are_refused():
    with pytest.raises(InvalidInput, match="no side depends on the case"):
        decided(lambda n: at_most(0.0 * n, 1.0))


def test_two_routes_that_agree_to_the_last_bit_are_refused():
    over = domain(real("x", "(0, inf)"), cases=lambda budget: {"x": np.linspace(0.05, 20, 200)})
    with pytest.raises(InvalidInput, match="agree to the last bit"):
        decided(lambda x: equal(np.sin(x), np.sin(x.copy())), over)


def test_a_correction_equal_to_the_printed_statement_is_refused():
    with pytest.raises(InvalidInput, match="the corrected sides are the printed ones"):
        decided(lambda n: (at_most(n, 2), at_most(n, 2)))


def test_a_claim_without_sides_a_sentence_or_a_column_is_refused():
    with pytest.raises(InvalidInput, match="sides must be returned"):
        decided(lambda n: "holds")
    with pytest.raises(InvalidInput, match="must state its claim"):
        claim("li2021:eq-1", SIZES)(lambda n: at_most(n, 3))
    with pytest.raises(InvalidInput, match="has no column 'm'"):
        decided(lambda m: at_most(m, 3))
    with pytest.raises(InvalidInput, match="the id of a claim must be like"):
        claim("eq 1", SIZES)(decided)


def test_an_id_is_claimed_once():
    def one(n):
        """A sentence."""
        return at_most(n, 3)

    def two(n):
        """A sentence."""
        return at_most(n, 4)

    claim("li2021:eq-1", SIZES)(one)
    with pytest.raises(InvalidInput, match="claimed twice"):
        claim("li2021:eq-1", SIZES)(two)


# The hypotheses say what was looked at, no less and no more.


@pytest.mark.parametrize(
    ("part", "values", "complaint"),
    [
        (integer("r", "[1, inf)"), [2, 3, 9], "never comes to the end 1"),
        (integer("r", "[1, inf)"), [1, 2, 3], "never comes to the end inf"),
        (integer("r", "[2, inf)"), [1, 9], "r = 1 is outside"),
        (integer("r", "[1, inf)"), [1, 2.5, 9], "not a whole number"),
        (real("r", "[-1, 1]"), [-1.0, 0.5], "never comes to the end 1"),
        (real("r", "(0, 1]"), [0.5, 1.0], "never comes to the end 0"),
        (real("r", "(0, inf)"), [0.0, 99.0], "r = 0 is outside"),
        (choice("r", "node", "graph"), ["node"], "never is graph"),
        (choice("r", "node", "graph"), ["node", "graph", "edge"], "do not name"),
        (graph("r"), [graphs.star(3), graphs.complete(4)], "lack a single node"),
        (
            graph("r", "every regular graph"),
            [graphs.path(1), graphs.complete(3), graphs.cycle(5), graphs.path(3)],
            "is not in 'every regular graph'",
        ),
    ],
)
def test_hypotheses_that_the_cases_do_not_fill_are_refused(part, values, complaint):
    over = domain(part, cases=lambda budget: {"r": values})
    with pytest.raises(InvalidInput, match=complaint):
        over.cases("quick")


def test_ends_may_depend_on_other_columns():
    def over(degrees):
        return domain(
            integer("n", "[1, inf)"),
            integer("d", "[0, n - 1]"),
            cases=lambda budget: {"n": [1, 3, 9], "d": degrees},
        )

    assert over([0, 2, 4]).hypotheses == "n ≥ 1; 0 ≤ d ≤ n - 1"
    assert len(over([0, 2, 4]).cases("quick")) == 3
    with pytest.raises(InvalidInput, match="d = 3 is outside"):
        over([0, 3, 4]).cases("quick")


def test_a_column_without_a_hypothesis_is_refused():
    over = domain(integer("n", "[1, inf)"), cases=lambda budget: {"n": [1, 9], "h": [1, 1]})
    with pytest.raises(InvalidInput, match="column 'h' has no hypothesis"):
        over.cases("quick")


def test_a_condition_is_printed_and_met():
    over = domain(
        integer("n", "[1, inf)"),
        where("n is odd", lambda n: n % 2 == 1),
        fixed("one hidden unit (h = 1)"),
        cases=lambda budget: {"n": [1, 4]},
    )
    assert over.hypotheses == "n ≥ 1; n is odd; one hidden unit (h = 1)"
    with pytest.raises(InvalidInput, match="do not meet 'n is odd'"):
        over.cases("quick")


def test_cases_one_at_a_time_and_their_facts():
    over = domain(
        graph("g"),
        cases=lambda budget: [
            {"g": g}
            for g in (
                graphs.path(1),
                graphs.complete(3),
                graphs.disjoint_union(graphs.path(1), graphs.path(3)),
                graphs.cycle(5),
            )
        ],
    )

    def edges(g):
        """A graph has at most as many edges as a complete one."""
        return Found(
            at_most(g.edges, g.nodes * (g.nodes - 1) / 2),
            facts={"smallest n": g.nodes, "n": g.nodes},
        )

    found = claim("li2021:eq-7", over, each=True)(edges)()
    assert found.verdict == "holds"
    assert (found.numbers["smallest n"], found.numbers["n"]) == (1, 5)


def test_a_witness_refutes_when_it_is_evaluated_alone():
    def one(n):
        """A sentence."""
        return at_most(n, 2)

    assert claim("li2021:eq-1", SIZES)(one)().witness.case == "n = 3"

    def other(n):
        """A sentence whose failure hangs on the other cases."""
        return at_most(n, 2 if len(n) > 1 else 50)

    with pytest.raises(InvalidInput, match="its witness alone does not refute it"):
        claim("li2021:eq-2", SIZES)(other)()


def test_an_optimiser_finds_a_violation_between_the_cases():
    def near(columns, spread, generator):
        moved = columns["x"] + 0.2 * spread * generator.normal(size=len(columns["x"]))
        return {"x": np.clip(moved, 0, 1)}

    def peak(x):
        return at_most(np.exp(-2e3 * (x - 0.3337) ** 2), 0.9, ("peak", "bound"))

    listed = {"x": np.linspace(0, 1, 11)}
    plain = domain(real("x", "[0, 1]"), cases=lambda budget: listed)
    climbing = domain(real("x", "[0, 1]"), cases=lambda budget: listed, move=near)
    assert decided(peak, plain).verdict == "holds"
    found = decided(peak, climbing)
    assert found.verdict == "false"
    assert found.numbers["cases"] == 22


# Machine-checked claims.


def test_a_claim_is_machine_checked_while_the_record_matches_the_sources(monkeypatch):
    name = "LinearRate.descent"
    found = decided(lambda n: at_most(n, n + 1), theorem=name)
    assert (found.kind, found.verdict) == ("machine-checked", "holds")
    assert name in found.summary
    monkeypatch.setattr(engine.proofs, "theorem", lambda name: None)
    assert decided(lambda n: at_most(n, n + 1), theorem=name).kind == "search"


def test_numbers_that_contradict_a_theorem_stop_everything():
    with pytest.raises(InvalidInput, match=r"the numbers contradict LinearRate\.descent"):
        decided(lambda n: at_most(n, 2), theorem="LinearRate.descent")
