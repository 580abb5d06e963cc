"""The experiments of the pages compute what the library computes, to ten digits."""

from pathlib import Path

import numpy as np
import pytest

import gnnconv_lib as gc
from gnnconv_lib.averaging_gnn.population_map import Polar, population_map
from gnnconv_lib.bounds import awasthi2021_linear as printed
from gnnconv_lib.bounds.linear_rate import linear_rate_iterations
from gnnconv_lib.linear_gnn.commuting import pair_gradient, pair_loss
from gnnconv_lib.linear_gnn.regular import singular_value_loss, singular_value_step
from gnnconv_lib.site.reader import experiments
from tests.book import chromium

STATIC = Path(__file__).resolve().parents[2] / "book" / "_static"
pytestmark = pytest.mark.browser

SCRIPTS = "".join(f"<script src='experiments/{name}.js'></script>" for name in experiments.SCRIPTS)
PLACES = "".join(
    f"<div class='experiment' data-experiment='{name}'>without</div>"
    for name in experiments.EXPERIMENTS.values()
)
PAGE = f"<!doctype html><html><meta charset='utf-8'>{SCRIPTS}{PLACES}"


@pytest.fixture(scope="module")
def run(browser, tmp_path_factory):
    """A function of an expression in JavaScript; `dynamics` is at hand."""
    folder = tmp_path_factory.mktemp("experiments")
    (folder / "experiments").symlink_to(STATIC / "experiments")
    (folder / "page.html").write_text(PAGE)
    with chromium.served(folder) as address:

        def evaluate(expression, query=""):
            browser.get(f"{address}/page.html{query}")
            return browser.execute_script(
                f"const dynamics = window.experiments.dynamics; return {expression};"
            )

        yield evaluate


def close(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-200)


def close_until_rounding(found, wanted):
    """Far below the first loss a value is what rounding leaves of it."""
    found, wanted = np.asarray(found), np.asarray(wanted)[: len(found)]
    known = wanted > 1e-20 * wanted[0]
    assert len(found) > 1
    close(found[known], wanted[known])
    assert np.all(found[~known] < 1e-19 * wanted[0])


GRAPHS = {
    "complete": gc.graphs.complete,
    "cycle": gc.graphs.cycle,
    "path": gc.graphs.path,
    "star": lambda n: gc.graphs.star(n - 1),
    "edgeless": gc.graphs.empty,
}


@pytest.mark.parametrize("angle", [0.0, 1.0, 3.0, 3.1])
@pytest.mark.parametrize(("family", "nodes"), [(name, n) for name in GRAPHS for n in (3, 7)])
def test_the_relu_unit_descends_as_in_the_library(run, family, nodes, angle):
    overlap = gc.summaries.overlap(GRAPHS[family](nodes))
    full, _, slope = (float(value) for value in gc.relu_gnn.sums(overlap, 1.0))
    u, beta = 0.5 * np.cos(angle) - 1, 0.5 * np.sin(angle)
    losses = []
    for _ in range(40):
        losses.append(float(gc.relu_gnn.reduced_loss(u, beta, overlap)))
        along, across = gc.relu_gnn.reduced_gradient(u, beta, overlap)
        u, beta = u - 0.9 / full * float(along), beta - 0.9 / full * float(across)
    setting = f"{{pairs: dynamics.overlaps(dynamics.families.{family}({nodes})), length: 0.5, "
    found = run(f"dynamics.reluDescent({setting} angle: {angle!r}, step: 0.9, steps: 39}})")
    close([found["A"], found["C"]], [full, slope])
    close(found["S"], float(np.sum((np.asarray(GRAPHS[family](nodes).degrees) + 1.0) ** 2)))
    close_until_rounding(found["losses"], losses)


def test_the_bound_is_the_one_of_the_library(run):
    run_ = "{A: 3, S: 5, losses: [7]}"
    at = linear_rate_iterations(3.0, 5.0, 7.0, 7e-3, step=0.8)
    close(run(f"dynamics.reluBound({run_}, 0.8, {at!r})"), 7e-3)


@pytest.mark.parametrize(
    ("nodes", "degree", "rounds", "target"),
    [(3, 2, 1, 4.0), (4, 1, 2, 0.3), (10, 3, 4, 6.0), (1, 0, 3, 1.5)],
)
def test_the_singular_value_moves_as_in_the_library(run, nodes, degree, rounds, target):
    setting = f"nodes: {nodes}, degree: {degree}, rounds: {rounds}, target: {target}"
    for name in ("printed", "corrected"):
        rate = getattr(printed, f"theorem_2_step_{name}")([target], nodes, degree, rounds)
        close(run(f"dynamics.{name}Step({{{setting}}})"), rate)
        error, losses = 1.0 + degree - target, []
        for _ in range(20):
            losses.append(float(singular_value_loss([error], [target], nodes, rounds)))
            error = float(singular_value_step(error, target, nodes, degree, rounds, rate))
        found = run(f"dynamics.singularValue({{{setting}, rate: {rate!r}, steps: 19}})")
        close_until_rounding(found["losses"], losses)


@pytest.mark.parametrize(("leaves", "rounds"), [(2, 3), (1, 1), (5, 2), (9, 4)])
def test_the_pair_on_a_star_moves_as_in_the_library(run, leaves, rounds):
    graph = gc.graphs.star(leaves)
    a, b, losses = -1.0, 0.5, []
    for _ in range(50):
        losses.append(float(pair_loss(a, b, 2.0, 0.5, graph, rounds)))
        first, second = pair_gradient(a, b, 2.0, 0.5, graph, rounds)
        a, b = a - 2e-6 * float(first), b - 2e-6 * float(second)
    setting = f"{{leaves: {leaves}, rounds: {rounds}, alpha: 2, beta: 0.5, rate: 2e-6, steps: 49}}"
    close(run(f"dynamics.starTrap({setting})")["losses"], losses)


@pytest.mark.parametrize("reading", ["mean", "sum"])
@pytest.mark.parametrize(("angle", "v"), [(1.0, 0.5), (0.0, 2.0), (3.0, -0.5), (np.pi / 2, 0.1)])
def test_the_averaged_algorithm_moves_as_in_the_library(run, reading, angle, v):
    model = population_map(gc.graphs.cycle(12), "relu", 1.0, reading)
    at, angles, errors = Polar(angle, v - 1.0), [], []
    for _ in range(30):
        angles.append(float(at.angle))
        errors.append(abs(float(at.error)))
        at = model.update(at, 0.3)
    setting = f"{{labels: 12, degree: 2, reading: '{reading}', rate: 0.3, v: {v}, target: 1, "
    found = run(f"dynamics.averaging({setting} angle: {angle!r}, steps: 29}})")
    np.testing.assert_allclose(found["angles"], angles, rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(found["errors"], errors, rtol=1e-10, atol=1e-15)


def test_every_experiment_draws_and_keeps_its_numbers_in_the_address(run, browser):
    curves = "document.querySelectorAll('.experiment path.curve').length"
    assert run(curves) == 2 + 2 + 1 + 4
    assert run("location.search") == ""
    chosen = "?singular-value.target=0.5&relu-descent.family=cycle&star-trap.L=none"
    read = "[...document.querySelectorAll('[name=target], [name=family], [name=L]')]"
    assert run(f"{read}.map(e => e.value)", chosen) == ["cycle", "1", "0.5", "3", "1"]
    change = (
        "(() => { const field = document.querySelector('[name=n]'); field.value = 8;"
        "field.dispatchEvent(new Event('input', {bubbles: true})); return location.search; })()"
    )
    assert "relu-descent.n=8" in run(change)


def test_a_number_that_is_not_allowed_is_refused_in_one_sentence(run):
    change = (
        "(() => { const place = document.querySelector('[data-experiment=singular-value]');"
        "const field = place.querySelector('[name=d]'); field.value = 7;"
        "field.dispatchEvent(new Event('input', {bubbles: true}));"
        "return place.querySelector('p').textContent; })()"
    )
    assert run(change) == "The degree must be below the number of nodes."


def test_the_printed_step_diverges_on_the_triangle_of_the_text(run):
    words = "document.querySelector('[data-experiment=singular-value] p').textContent"
    assert "Step in print 0.208: The loss grows" in run(words)
