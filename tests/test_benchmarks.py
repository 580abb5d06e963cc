"""The benchmarks: the gate before every timing, the form of what is stored, the counts. No times."""

import copy
import json
import math
import re
import socket
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import gnnconv_lib as gc
from gnnconv_lib.page import benchmark_results
from gnnconv_lib.page.operation_count import count

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import (  # noqa: E402
    __main__ as command,
    agreement,
    case,
    growth,
    machine,
    peers,
    results,
    timing,
)

STORED = sorted((ROOT / "benchmarks" / "results").glob("*.json"))


def contender(name, value, seconds=1.0):
    return timing.Contender(name, lambda: value, 1.0, lambda span: seconds)


def sample_case(theirs=2.0, tolerance=1e-12, seconds=4.0):
    return case.Case(
        "sample",
        "a number",
        contender("ours", np.array([2.0])),
        (case.Peer(contender("a loop", np.array([theirs]), seconds), tolerance),),
        facts={"error": lambda value: 1e-14},
        targets=(
            case.Target("at least 3 times as fast", "ratio:a loop", ">=", 3.0),
            case.Target("error of at most 1e-15", "error", "<=", 1e-15),
            case.Target("what nobody measured", "ratio:nobody", ">=", 1.0),
        ),
    )


@pytest.fixture
def planted(monkeypatch):
    """The command with one case instead of all; returns a function that plants it."""

    def plant(entry):
        module = SimpleNamespace(cases=lambda peers, quick: iter([(entry.name, lambda: entry)]))
        monkeypatch.setattr(command, "MODULES", (module,))
        monkeypatch.setattr(growth, "curves", lambda quick: iter(()))
        monkeypatch.setattr(command, "Peers", partial(peers.Peers, Path("no such python")))

    return plant


class TestGate:
    def test_disagreement_is_red_and_nothing_is_timed_or_stored(self, planted, tmp_path, capsys):
        planted(sample_case(theirs=2.0 + 1e-9))
        target = tmp_path / "out.json"
        assert command.main(["--output", str(target)]) == 1
        assert not target.exists()
        printed = capsys.readouterr().out
        assert "DISAGREES with a loop" in printed
        assert " x (" not in printed

    def test_agreement_is_stored_with_ratios_and_verdicts(self, planted, tmp_path):
        planted(sample_case())
        target = tmp_path / "out.json"
        assert command.main(["--output", str(target), "--rounds", "2"]) == 0
        (entry,) = benchmark_results.load(target)["cases"]
        assert entry["ratios"]["a loop"] == {"median": 4.0, "low": 4.0, "high": 4.0, "rounds": 2}
        assert [benchmark_results.reached(entry, goal) for goal in entry["targets"]] == [
            "met",
            "not met",
            "not measured",
        ]

    @pytest.mark.parametrize("wrong", [math.nan, math.inf])
    def test_numbers_that_are_not_finite_never_agree(self, wrong):
        assert not agreement.compare("peer", np.array([wrong]), np.array([wrong]), 1e9).holds

    def test_other_shapes_never_agree(self):
        assert not agreement.compare("peer", np.ones(2), np.ones((2, 1)), 1e9).holds

    def test_an_independent_check_is_part_of_the_gate(self):
        wrong = agreement.Agreement("the exact value", 2.0, 1.0)
        entry = case.Case(
            "sample", "a number", contender("ours", np.ones(1)), checks=(lambda value: wrong,)
        )
        found = case.run(entry, 1)
        assert not found["agrees"]
        assert "ratios" not in found

    def test_a_real_case_goes_through(self, monkeypatch, tmp_path):
        monkeypatch.setattr(command, "Peers", partial(peers.Peers, Path("no such python")))
        target = tmp_path / "out.json"
        asked = ["--quick", "--only", "dual-relu-float64", "--rounds", "1", "--output", str(target)]
        assert command.main(asked) == 0
        (entry,) = benchmark_results.load(target)["cases"]
        assert len(entry["agreement"]) == 2
        assert benchmark_results.value_of(entry, "worst relative error / unit roundoff") < 4


class TestTiming:
    def test_order_turns_around_so_that_contenders_are_interleaved(self):
        seen = []
        entries = [
            timing.Contender(
                name, lambda: None, 1.0, lambda span, name=name: seen.append(name) or 1.0
            )
            for name in "ab"
        ]
        timing.interleave(entries, 3)
        assert "".join(seen) == "abbaab"

    def test_units_divide_the_time(self):
        assert timing.Contender("steps", lambda: None, 10.0, lambda span: 5.0).measure() == 0.5

    def test_ratio_is_taken_within_a_round(self):
        # The second round is disturbed for both: the ratio does not notice.
        found = timing.ratios([[1.0, 100.0, 1.0], [3.0, 300.0, 3.0]], ["ours", "theirs"])["theirs"]
        assert (found.median, found.low, found.high, found.rounds) == (3.0, 3.0, 3.0, 3)


class TestResults:
    def test_a_failed_write_leaves_the_old_file_alone(self, tmp_path):
        path = tmp_path / "out.json"
        results.write(path, {"schema": 1})
        with pytest.raises(ValueError, match="JSON"):
            results.write(path, {"schema": 1, "value": math.nan})
        assert json.loads(path.read_text()) == {"schema": 1}
        assert list(tmp_path.iterdir()) == [path]

    def test_part_of_the_cases_is_not_mixed_with_another_machine(self, planted, tmp_path, capsys):
        planted(sample_case())
        path = tmp_path / "out.json"
        assert command.main(["--output", str(path)]) == 0
        before = benchmark_results.load(path)
        assert command.main(["--output", str(path), "--only", "sample"]) == 0
        elsewhere = copy.deepcopy(before)
        elsewhere["machine"]["processor"] = "another"
        results.write(path, elsewhere)
        assert command.main(["--output", str(path), "--only", "sample"]) == 2
        assert "measured elsewhere" in capsys.readouterr().out
        assert benchmark_results.load(path) == elsewhere

    def test_unknown_name_is_refused(self, planted, capsys):
        planted(sample_case())
        assert command.main(["--only", "nobody"]) == 2
        assert "No case or curve" in capsys.readouterr().out

    def test_missing_file_is_not_measured_and_another_schema_is_refused(self, tmp_path):
        assert benchmark_results.load(tmp_path / "cpu.json") is None
        for text in ('{"schema": 2}', "[]", "{"):
            (tmp_path / "cpu.json").write_text(text)
            with pytest.raises(gc.InvalidInput):
                benchmark_results.load(tmp_path / "cpu.json")

    def test_exponent_needs_two_sizes(self):
        with pytest.raises(gc.InvalidInput):
            benchmark_results.exponent([1, 10**6], [1.0, 2.0])

    def test_machine_has_no_host_name(self):
        text = json.dumps(machine.describe())
        assert socket.gethostname() not in text
        assert str(ROOT) not in text


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.name)
class TestStored:
    def test_every_case_agreed_and_has_a_spread(self, path):
        content = benchmark_results.load(path)
        assert content["cases"]
        assert not content.get("quick", False)
        for entry in content["cases"]:
            assert entry["agrees"], entry["name"]
            assert entry["agreement"] or entry["name"] == "relu-step-flat", entry["name"]
            for found in entry.get("ratios", {}).values():
                assert 0 < found["low"] <= found["median"] <= found["high"]
                assert found["rounds"] >= 3
            for target in entry.get("targets", []):
                assert target["relation"] in (">=", "<=")
                assert benchmark_results.value_of(entry, target["quantity"]) is not None

    def test_curves_span_their_decades(self, path):
        for curve in benchmark_results.load(path).get("curves", []):
            sizes = [point["size"] for point in curve["points"]]
            assert sizes == sorted(set(sizes))
            assert math.isfinite(
                benchmark_results.exponent(
                    sizes, [point["seconds"]["median"] for point in curve["points"]]
                )
            )

    def test_no_path_and_no_host_name(self, path):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r'"[^"]*(?:^|[\s"=])/(?:[a-z]+/)+', text)
        assert {"processor", "cores", "versions", "date"} <= set(json.loads(text)["machine"])


class TestPeers:
    def test_without_their_environment_nothing_is_installed(self):
        connection = peers.Peers(Path("no such python"))
        assert connection.versions() == {}
        with pytest.raises(RuntimeError, match="make bench"):
            connection.contender("peer", "algorithm_1")
        connection.close()

    def test_a_failing_peer_is_an_error_in_words(self):
        connection = peers.Peers(Path(sys.executable))
        connection.versions()
        with pytest.raises(RuntimeError, match="The peer failed: KeyError"):
            connection.contender("peer", "no such job", rho=np.ones(2))
        connection.close()


class TestGrowth:
    @pytest.mark.parametrize("degree", [2, 4, 10])
    def test_overlaps_on_a_ring_are_those_that_are_counted(self, degree):
        nodes = 2 * degree + 2
        edges = [(i, (i + k) % nodes) for i in range(nodes) for k in range(1, degree // 2 + 1)]
        counted = gc.summaries.overlap(gc.graphs.from_edges(nodes, edges))
        ring = growth.ring_measure(degree)
        np.testing.assert_allclose(counted.rho[counted.rho > 0], ring.rho, rtol=1e-15)
        np.testing.assert_array_equal(counted.count[counted.rho > 0], ring.count)

    def test_every_curve_has_increasing_sizes_over_four_decades_or_says_why(self):
        # All pairs do not fit into memory beyond 3000 nodes; rounds grow the matrix powers.
        short = {"pair-sum-n": 2.4, "linear-step-l": 1.8}
        for curve in growth.curves(quick=False):
            decades = math.log10(curve.sizes[-1] / curve.sizes[0])
            assert list(curve.sizes) == sorted(curve.sizes)
            assert decades >= short.get(curve.name, 3.6), curve.name


class TestCount:
    def test_loops_and_products(self):
        jax = pytest.importorskip("jax")
        square = jax.ShapeDtypeStruct((10, 10), np.float64)
        assert count(lambda a: a @ a, square) == 2000
        assert count(lambda a: jax.lax.fori_loop(0, 7, lambda _, x: x + a, a), square) >= 700
        assert count(lambda a: a.sum(), square) == 100
        assert count(lambda a: a.T.reshape(-1), square) == 0

    def test_a_step_costs_the_same_on_every_graph_with_as_many_overlaps(self):
        found = set()
        for nodes in (20, 200):
            measure = gc.summaries.overlap(gc.graphs.random_regular(nodes, 3, 0)).padded(6)
            model = gc.relu_gnn.full_model(measure, np.eye(4)[:1])
            found.add(count(lambda W, model=model: model.update(W, 0.1), np.ones((1, 4))))
        assert len(found) == 1
