"""The benchmarks: the gate before every timing, the form of what is stored, the counts. No times."""

import copy
import dataclasses
import json
import math
import os
import re
import socket
import sys
import time
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
    gpu,
    gpu_cases,
    gpu_environment,
    gpu_limits,
    gpu_records,
    gpu_tests,
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


NOTHING = gpu_limits.Bytes(0.0, 0.0)


class TestGpu:
    def plant(self, monkeypatch, *entries):
        monkeypatch.setattr(gpu, "series", lambda tiny: iter(entries))
        monkeypatch.setattr(gpu, "rates", lambda tiny: {"float64": 1e9, "bytes": 1e9})

    def series(self, name, job):
        return gpu_cases.Series(
            name, "float64", "chains", (1, 10), 1e-6, job, 1, float, lambda _: NOTHING
        )

    def job(self, pallas=1.0):
        values = {"pallas": np.array([pallas]), "xla": np.array([1.0])}
        return gpu_cases.Job(values.__getitem__, 1e6, 8.0, "float64")

    def test_without_a_gpu_it_says_so_and_writes_nothing(self, monkeypatch, capsys, tmp_path):
        monkeypatch.setattr(gpu_environment, "has_gpu", lambda: False)
        before = sorted(results.FOLDER.glob("*"))
        out = tmp_path / "out.jsonl"
        assert gpu_environment.main(["--out", str(out)]) == 2
        assert capsys.readouterr().out.count(".") == 1
        monkeypatch.setattr(gpu.jax, "default_backend", lambda: "cpu")
        assert gpu.main(["--out", str(out)]) == 2
        assert sorted(results.FOLDER.glob("*")) == before
        assert not out.exists()

    @pytest.mark.parametrize(("pallas", "agrees"), [(1.0, True), (1.1, False)])
    def test_series_is_gated_timed_and_compared_with_its_floor(
        self, monkeypatch, tmp_path, pallas, agrees
    ):
        self.plant(monkeypatch, self.series("kernel", lambda size: self.job(pallas)))
        out = tmp_path / "out.jsonl"
        assert gpu.measure(out, True, math.inf) == int(not agrees)
        content = gpu_records.assembled(gpu_records.read(out), 1)
        (found,) = content["cases"]
        assert found["agrees"] is agrees
        assert len(found["points"]) == (2 if agrees else 0)
        for point in found["points"]:
            assert point["floor_seconds"] == 1e-3
            assert ("CPU" in point["ratios"]) == (point["size"] == 1)

    def test_an_exception_is_recorded_and_the_next_series_runs(self, monkeypatch, tmp_path, capsys):
        def failing(size):
            if size == 10:
                raise MemoryError("RESOURCE_EXHAUSTED: 80 GiB")
            return self.job()

        self.plant(
            monkeypatch, self.series("one", failing), self.series("two", lambda _: self.job())
        )
        out = tmp_path / "out.jsonl"
        assert gpu.measure(out, True, math.inf) == 1
        assert "one-float64, chains = 10: MemoryError: RESOURCE" in capsys.readouterr().out
        content = gpu_records.assembled(gpu_records.read(out), 1)
        assert [len(entry["points"]) for entry in content["cases"]] == [1, 2]
        assert content["errors"][0]["where"] == "one-float64, chains = 10"

    def test_a_run_that_is_cut_off_keeps_its_sizes_and_goes_on_from_there(
        self, monkeypatch, tmp_path
    ):
        asked = []

        def job(size):
            asked.append(size)
            if asked == [1, 1, 10]:  # 1 on the GPU, 1 on the CPU, then the lease is over
                raise KeyboardInterrupt
            return self.job()

        self.plant(monkeypatch, self.series("kernel", job))
        out = tmp_path / "out.jsonl"
        with pytest.raises(KeyboardInterrupt):
            gpu.measure(out, True, math.inf)
        with out.open("a") as file:
            file.write('{"record": "size", "na')  # a line that was cut off
            file.write("\n")
        kinds = [record["record"] for record in gpu_records.read(out)]
        assert kinds == ["machine", "rates", "size"]
        assert gpu.measure(out, True, math.inf) == 0
        assert asked == [1, 1, 10, 10]
        (found,) = gpu_records.assembled(gpu_records.read(out), 1)["cases"]
        assert [point["size"] for point in found["points"]] == [1, 10]

    def test_when_time_is_up_sizes_are_left_out_by_name(self, monkeypatch, tmp_path):
        self.plant(monkeypatch, self.series("kernel", lambda size: 0))
        gpu.measure(tmp_path / "out.jsonl", True, -math.inf)
        reasons = [r.get("reason") for r in gpu_records.read(tmp_path / "out.jsonl")]
        assert reasons[2:] == ["no time is left"] * 2
        content = gpu_records.assembled(gpu_records.read(tmp_path / "out.jsonl"), 1)
        assert content["left_out"] == [
            "kernel-float64, chains = 1",
            "kernel-float64, chains = 10",
        ]

    def test_a_size_that_would_not_fit_is_left_out_before_anything_is_allocated(
        self, monkeypatch, tmp_path, capsys
    ):
        asked = []
        entry = self.series("kernel", lambda size: asked.append(size) or self.job())
        needed = {1: gpu_limits.Bytes(1e9, 1e9), 10: gpu_limits.Bytes(9e9, 1e9)}
        self.plant(monkeypatch, dataclasses.replace(entry, memory=needed.__getitem__))
        monkeypatch.setattr(gpu, "available", lambda: gpu_limits.Bytes(1e10, 1e10))
        assert gpu.measure(tmp_path / "out.jsonl", True, math.inf) == 0
        assert set(asked) == {1}
        said = "kernel-float64, chains = 10: left out, needs 8.4 GiB of the device, 7.5 GiB are"
        assert said in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("gpu_call", "growing", "asked", "words"),
        [
            (0.5, 10.0, ["Pallas"], "a call would take 5.0 s"),
            (0.1, 40.0, ["Pallas"], "would take 420 s, 300 s are left"),
            (0.1, 1.0, ["Pallas"], None),
            (0.1, 1.0, ["Pallas", "CPU"], "a call would take 90.0 s"),
        ],
    )
    def test_a_size_that_would_take_too_long_is_foreseen(self, gpu_call, growing, asked, words):
        outlook = gpu_limits.Outlook(time.monotonic() + 300)
        outlook.measured(100.0, {"Pallas": gpu_call, "CPU": 9.0}, growing, growing + 20.0)
        obstacle = outlook.obstacle(1000.0, NOTHING, NOTHING, asked)
        assert obstacle is None if words is None else obstacle.startswith(words)

    def test_what_a_series_needs_grows_with_its_sizes_and_is_known_beforehand(self):
        for entry in gpu_cases.series(False):
            needed = [entry.memory(size) for size in entry.sizes]
            work = [entry.work(size) for size in entry.sizes]
            assert work == sorted(work)
            assert work[0] > 0
            for side in ("device", "host"):
                sizes = [getattr(one, side) for one in needed]
                assert sizes == sorted(sizes)
                assert sizes[0] > 0
            assert needed[-1].device < 40e9  # the smallest of the described GPUs has 40 GB
        free = gpu_limits.available()
        assert free.host > 0
        assert free.device > 0

    def test_only_complete_records_of_a_gpu_that_agree_are_stored(
        self, monkeypatch, tmp_path, capsys
    ):
        self.plant(monkeypatch, self.series("kernel", lambda size: self.job()))
        out, folder = tmp_path / "out.jsonl", tmp_path / "results"
        assert gpu.store(out, folder) == 1
        assert "nothing was measured; this was no GPU" in capsys.readouterr().out
        described = machine.describe() | {"jax_platform": "gpu", "device": "A GPU"}
        monkeypatch.setattr(gpu, "_described", lambda: described)
        gpu.measure(out, True, math.inf)
        assert gpu.store(out, folder) == 0
        assert benchmark_results.load(folder / "gpu-a-gpu.json")["cases"][0]["agrees"]
        (folder / "gpu-a-gpu.json").unlink()
        gpu_records.append(out, "tests", ran=True, passed=3, failed=1, failures=["a.py::b"])
        assert gpu.store(out, folder) == 1
        assert "1 kernel tests failed" in capsys.readouterr().out
        assert not list(folder.glob("*"))

    def test_the_series_are_those_that_the_steps_name(self):
        named = {f"{entry.name}-{entry.dtype}" for entry in gpu_cases.series(True)}
        assert named == set(gpu_environment.SERIES)

    def test_the_path_is_kept_and_the_platform_is_not(self, monkeypatch):
        monkeypatch.setenv("PYTHONPATH", "one" + os.pathsep + "two")
        monkeypatch.setenv("JAX_PLATFORMS", "cpu")
        kept = gpu_environment.environment()
        assert kept["PYTHONPATH"].split(os.pathsep) == [str(ROOT), "one", "two"]
        assert "JAX_PLATFORMS" not in kept
        assert gpu_environment.environment(rehearse=True)["JAX_PLATFORMS"] == "cpu"

    def test_names_of_failures_are_printed(self, monkeypatch, tmp_path, capsys):
        said = "tests/a.py::good PASSED [ 50%]\ntests/a.py::bad[x y] FAILED [100%]\n1 failed\n"
        run = SimpleNamespace(returncode=1, stdout=said, stderr="")
        monkeypatch.setattr(gpu_tests.subprocess, "run", lambda *_, **__: run)
        out = tmp_path / "out.jsonl"
        assert gpu_tests.main(["--out", str(out)]) == 1
        assert "FAILED tests/a.py::bad[x y]\n1 kernel tests passed" in capsys.readouterr().out
        (record,) = gpu_records.read(out)
        assert record["failures"] == ["tests/a.py::bad[x y]"]

    def test_tests_that_take_too_long_leave_what_they_found(self, monkeypatch, tmp_path, capsys):
        def run(*_, **__):
            said = b"tests/a.py::bad FAILED [ 10%]\ntests/a.py::slow"
            raise gpu_tests.subprocess.TimeoutExpired("pytest", 1.0, output=said)

        monkeypatch.setattr(gpu_tests.subprocess, "run", run)
        assert gpu_tests.main(["--out", str(tmp_path / "out.jsonl")]) == 1
        printed = capsys.readouterr().out
        assert "did not run to their end: more than 240 s." in printed
        assert "FAILED tests/a.py::bad" in printed

    def test_a_step_that_crashes_leaves_the_others_alone(self, monkeypatch, tmp_path, capsys):
        taken = []

        def step(python, module, *arguments, rehearse):
            taken.append((module, arguments[arguments.index("--only") + 1 :][:1]))
            return -11 if "gd_chains-float32" in arguments else 0

        def tests_too(python, module, *arguments, rehearse):
            return (
                1 if module == "gpu_tests" else step(python, module, *arguments, rehearse=rehearse)
            )

        monkeypatch.setattr(gpu_environment, "_step", tests_too)
        monkeypatch.setattr(gpu_environment, "sees_cuda", lambda python, platform: True)
        arguments = ["--rehearse", "--out", str(tmp_path / "out.jsonl")]
        assert gpu_environment.main(arguments) == 1
        assert [name for _, (name,) in taken] == list(gpu_environment.SERIES)
        assert "gd_chains-float32: the process ended with -11" in capsys.readouterr().out


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
