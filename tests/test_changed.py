"""`make check` finds the files that differ and the tests that belong to them."""

import subprocess
from pathlib import Path

import pytest

from tests import changed

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def repository(tmp_path):
    def git(*arguments):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(
            ["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True
        )

    git("init", "--initial-branch=main")
    (tmp_path / "kept.py").write_text("1")
    (tmp_path / "edited.py").write_text("1")
    (tmp_path / "gone.py").write_text("1")
    git("add", ".")
    git("commit", "-m", "first")
    git("checkout", "-b", "branch")
    (tmp_path / "committed.py").write_text("1")
    git("add", ".")
    git("commit", "-m", "second")
    (tmp_path / "edited.py").write_text("2")
    (tmp_path / "new.py").write_text("1")
    (tmp_path / "gone.py").unlink()
    return tmp_path


def test_committed_edited_and_new_files_differ_from_the_main_branch(repository):
    assert changed.changed_files(repository) == ["committed.py", "edited.py", "new.py"]
    assert changed.changed_files(repository, "HEAD") == ["edited.py", "new.py"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gnnconv_lib/graphs/readers.py", "tests/test_readers.py"),
        ("gnnconv_lib/dual/relu.py", "tests/test_dual_relu.py"),
        ("gnnconv_lib/kernels/gd_chains/xla.py", "tests/test_kernels_gd_chains.py"),
        ("gnnconv_lib/audit/awasthi2021/figure_1.py", "tests/audit/test_figure_1.py"),
        ("gnnconv_lib/audit/awasthi2021/figure_1.py", "tests/test_ledger.py"),
        ("gnnconv_lib/audit/_store.py", "tests/audit/test_store.py"),
        ("book/ledger/li2021.yml", "tests/test_ledger.py"),
        ("book/ledger/li2021.yml", "tests/test_ledger_printed.py"),
        ("book/setting.ipynb", "tests/book/test_chapters.py"),
        ("pyproject.toml", "tests/test_packaging.py"),
        ("tests/test_dual.py", "tests/test_dual.py"),
    ],
)
def test_the_tests_of_a_file_are_found_by_its_name(name, expected):
    wanted, _ = changed.targets(ROOT, [name])
    assert expected in wanted
    if name.startswith("gnnconv_lib"):
        assert name in wanted  # its doctests


def test_what_takes_minutes_is_named_and_left_to_the_whole_suite():
    wanted, long = changed.targets(
        ROOT, ["tests/sweeps/test_sweeps_workers.py", "tests/test_dual.py"]
    )
    assert wanted == ["tests/test_dual.py"]
    assert long == ["tests/sweeps/test_sweeps_workers.py"]
    for stem in changed.LONG:
        assert list((ROOT / "tests").rglob(f"{stem}.py")), stem


def test_a_check_that_fails_is_named(monkeypatch, capsys):
    monkeypatch.setattr(changed, "changed_files", lambda root, since: [])
    monkeypatch.setattr(changed, "_run", lambda command, accept=(0,): int("ruff" in command))
    monkeypatch.setattr("sys.argv", ["changed"])

    class Types:
        returncode = 0

        def communicate(self):
            return ("", None)

    monkeypatch.setattr(changed.subprocess, "Popen", lambda *a, **k: Types())
    assert changed.main() == 1
    assert "failed: lint, form" in capsys.readouterr().out
