"""Evidence kept on disk: computed once, never stale, never half an entry, off unless asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gnnconv_lib import audit, provenance
from gnnconv_lib.audit import _store
from gnnconv_lib.evidence import Evidence

FOUND = Evidence("numerical", "holds", "Both sides agree.", numbers={"difference": 0.1 + 0.2})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(_store.VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def check():
    """A check that counts how often it was computed."""

    def compute():
        compute.calls += 1
        return FOUND

    compute.calls = 0
    return compute


def entry(folder):
    (path,) = [path for path in folder.rglob("a.b.c.quick") if not path.name.startswith(".")]
    return path


def test_a_check_is_computed_once_and_read_with_all_its_digits(folder, check):
    found = [_store.evidence("a.b.c", "quick", check) for _ in range(3)]
    assert check.calls == 1
    assert found == [FOUND] * 3
    assert found[2] is not FOUND


def test_budgets_and_names_are_kept_apart(folder, check):
    for name, budget in (("a.b.c", "quick"), ("a.b.c", "full"), ("a.b.d", "quick")):
        _store.evidence(name, budget, check)
    assert check.calls == 3


def test_without_the_variable_nothing_is_kept_or_read(folder, check, monkeypatch):
    _store.evidence("a.b.c", "quick", check)
    monkeypatch.delenv(_store.VARIABLE)
    _store.evidence("a.b.c", "quick", check)
    assert check.calls == 2


@pytest.mark.parametrize("damage", [b"", b"x", "half", "flip", "junk"])
def test_a_damaged_entry_is_computed_again_and_replaced(folder, check, damage):
    _store.evidence("a.b.c", "quick", check)
    content = entry(folder).read_bytes()
    damaged = {"half": content[: len(content) // 2], "junk": content + b"x"}
    damaged["flip"] = content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]
    entry(folder).write_bytes(damaged.get(damage, damage))
    assert _store.evidence("a.b.c", "quick", check) == FOUND
    assert check.calls == 2
    assert entry(folder).read_bytes() == content


def test_a_folder_that_cannot_be_made_is_no_error(folder, check, monkeypatch):
    blocked = folder / "file"
    blocked.write_text("")
    monkeypatch.setenv(_store.VARIABLE, str(blocked))
    assert _store.evidence("a.b.c", "quick", check) == FOUND


def test_an_error_of_a_check_is_its_own_and_leaves_no_entry(folder):
    def fails():
        raise FileNotFoundError("planted")

    with pytest.raises(FileNotFoundError, match="planted"):
        _store.evidence("a.b.c", "quick", fails)
    assert [path for path in folder.rglob("*") if path.suffix == ".quick"] == []


def test_what_cannot_be_stored_is_computed_each_time(folder, check):
    unpicklable = lambda: (check(), lambda: None)[1]  # noqa: E731
    for _ in range(2):
        assert callable(_store.evidence("a.b.c", "quick", unpicklable))
    assert check.calls == 2


def test_an_edit_while_a_check_runs_is_not_kept(folder, check, monkeypatch):
    def edited():
        monkeypatch.setattr(provenance, "library_state", lambda **_: frozenset())
        return check()

    _store.evidence("a.b.c", "quick", edited)
    assert list(folder.rglob("*.quick")) == []


def test_a_changed_file_of_the_library_computes_again(tmp_path):
    """In processes of their own, with a copy of the library in which one line is changed."""
    library = tmp_path / "library" / "gnnconv_lib"
    ours = Path(audit.__file__).parents[1]
    for path in ours.rglob("*.py"):
        target = library / path.relative_to(ours)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    name = "awasthi2021:lemma-12/monotone"
    program = (
        "from gnnconv_lib import audit; from gnnconv_lib.audit import _store\n"
        "calls = []; real = audit.check\n"
        "audit.check = lambda name: lambda budget: calls.append(name) or real(name)(budget=budget)\n"
        f"audit.run({name!r}); print(len(calls))"
    )
    environment = os.environ | {
        "PYTHONPATH": str(tmp_path / "library"),
        "PYTHONDONTWRITEBYTECODE": "1",
        _store.VARIABLE: str(tmp_path / "evidence"),
    }

    def computed():
        command = [sys.executable, "-c", program]
        return int(subprocess.check_output(command, env=environment, cwd=tmp_path, text=True))

    assert [computed(), computed()] == [1, 0]
    with (library / "validation.py").open("a", encoding="utf-8") as stream:
        stream.write("\n# planted\n")
    assert [computed(), computed()] == [1, 0]
    environment["XLA_FLAGS"] = "--xla_cpu_max_isa=SSE4_2"
    assert computed() == 1


def test_old_folders_are_removed(folder, check):
    for number in range(9):
        (folder / f"old-{number}").mkdir()
        os.utime(folder / f"old-{number}", (number, number))
    _store.evidence("a.b.c", "quick", check)
    assert len(list(folder.iterdir())) == 4
    assert entry(folder).is_file()


def test_a_second_process_waits_for_the_first(tmp_path):
    program = (
        "import sys, time\nfrom gnnconv_lib.audit import _store\n"
        "def slow():\n    print('computed', flush=True); time.sleep(1); return 1\n"
        "_store.evidence('a.b.c', 'quick', slow)"
    )
    environment = os.environ | {_store.VARIABLE: str(tmp_path)}
    command = [sys.executable, "-c", program]
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert sorted(process.communicate()[0] for process in running) == ["", "computed\n"]
