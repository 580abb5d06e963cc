"""Style and types, run as tests so that one command says everything."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "--quiet"), ("ruff", "format", "--check", "--quiet", "--diff"), ("mypy",)],
    ids=" ".join,
)
def test_static_check_is_clean(command):
    finished = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_no_file_names_a_path_of_one_machine():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    home = "/" + "home/"
    user = "/" + "Users/"
    for name in listed:
        path = ROOT / name
        if path.suffix in (".py", ".ipynb", ".md", ".yml", ".toml", ".cff") and path.is_file():
            text = path.read_text(encoding="utf-8")
            assert home not in text, name
            assert user not in text, name
