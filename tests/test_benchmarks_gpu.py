"""The benchmarks of a GPU, rehearsed without one: what is measured, stored and survived."""

import dataclasses
import math
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from gnnconv_lib.page import benchmark_results

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import (  # noqa: E402
    gpu,
    gpu_cases,
    gpu_environment,
    gpu_limits,
    gpu_records,
    gpu_tests,
    machine,
    results,
)

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
