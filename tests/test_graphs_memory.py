"""The memory of a control group, in every layout that systems give it."""

from pathlib import Path

import pytest

from gnnconv_lib.graphs import memory

GIB = 1 << 30
ONE = {"limit_in_bytes": f"{GIB}\n", "usage_in_bytes": "0\n"}
TWO = {"max": f"{GIB}\n", "current": "0\n"}
FREE = {"max": "max\n", "current": "5\n"}


def files(folder: str, entries: dict[str, str]) -> dict[str, str]:
    return {f"cgroup/{folder}memory.{name}": text for name, text in entries.items()}


LAYOUTS = {
    "version 1": ("4:memory:/\n", files("memory/", ONE)),
    "version 1, nested": ("9:cpu:/\n4:memory:/slurm/job:1\n", files("memory/slurm/job:1/", ONE)),
    "version 1, in a container": ("4:memory:/docker/abc\n", files("memory/", ONE)),
    "version 2 at the root": ("0::/\n", files("", TWO)),
    "version 2, nested": ("0::/job1\n", files("job1/", TWO)),
    "version 2, the limit above": ("0::/a/b/c\n", files("a/b/c/", FREE) | files("a/", TWO)),
    "version 2, in a container": ("0::/../..\n", files("", TWO)),
    "both": ("4:memory:/job\n0::/job\n", files("memory/job/", ONE)),
    "the least counts": (
        "0::/a/b\n",
        files("a/b/", TWO | {"max": str(9 * GIB)}) | files("a/", TWO),
    ),
}


@pytest.fixture
def left(tmp_path, monkeypatch):
    """A function that gives what the control groups of a layout leave."""

    def stand_in(name: str) -> Path:
        known = {"/sys/fs/cgroup": "cgroup", "/proc/self/cgroup": "self"}
        return tmp_path / known[name]

    def call(own: str, entries: dict[str, str]) -> int | None:
        for name, text in ({"self": own} | entries).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        monkeypatch.setattr(memory, "Path", stand_in)
        return memory._control_group_left()

    return call


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_limit_is_found(left, layout: str) -> None:
    assert left(*LAYOUTS[layout]) == GIB


def test_what_is_used_is_not_left(left) -> None:
    assert left("0::/j\n", files("j/", TWO | {"current": str(GIB // 4)})) == GIB * 3 // 4
    assert left("0::/k\n", files("k/", TWO | {"current": str(GIB * 4)})) == 0


@pytest.mark.parametrize("layout", [("0::/\n", {}), ("", {}), ("0::/job\n", files("job/", FREE))])
def test_no_limit(left, layout) -> None:
    assert left(*layout) is None
