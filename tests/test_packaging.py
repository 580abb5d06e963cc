"""The descriptions of what to install agree with each other, and the small print is there."""

import importlib.metadata
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import gnnconv_lib

ROOT = Path(__file__).resolve().parents[1]
_SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = _SETTINGS["project"]
SETUPTOOLS = _SETTINGS["tool"]["setuptools"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$", re.MULTILINE)


def requirements():
    extras = [text for name in ("book", "test", "fast", "cluster") for text in EXTRAS[name]]
    texts = PROJECT["dependencies"] + extras
    return [Requirement(text) for text in texts]


def pins():
    found = {}
    for name, version, marker in PIN.findall(LOCK):
        found.setdefault(canonicalize_name(name), []).append((Version(version), marker))
    return found


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_the_lock_satisfies_every_requirement(requirement, python):
    environment = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "sys_platform": "linux",
        "platform_system": "Linux",
    }
    candidates = [
        version
        for version, marker in pins().get(canonicalize_name(requirement.name), [])
        if not marker or Requirement(f"x; {marker}").marker.evaluate(environment)
    ]
    assert len(candidates) == 1, f"{requirement.name} is not pinned once for Python {python}."
    assert requirement.specifier.contains(candidates[0], prereleases=True)


def test_every_pin_has_a_hash():
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(blocks) > 50
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_names_no_host_and_no_option():
    assert "://" not in LOCK
    assert not re.search(r"^\s*--(?!hash)", LOCK, re.MULTILINE)


def test_the_conda_environment_asks_for_what_pyproject_asks_for():
    entries = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    from_pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    texts = [entry for entry in entries if isinstance(entry, str)] + from_pip
    asked = {}
    for text in texts:
        if text not in ("pip", "-e ."):
            requirement = Requirement(text)
            asked[canonicalize_name(requirement.name)] = requirement.specifier
    assert asked.pop("python") == SpecifierSet(PROJECT["requires-python"])
    assert asked == {canonicalize_name(r.name): r.specifier for r in requirements()}
    assert "-e ." in from_pip


def test_the_library_needs_only_four_things():
    names = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    assert names == {"jax", "jaxlib", "networkx", "numpy", "scipy"}


def test_the_versions_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == gnnconv_lib.__version__
    # The version is written once in the code; what is installed takes it from there.
    assert "version" in PROJECT["dynamic"]
    assert SETUPTOOLS["dynamic"]["version"] == {"attr": "gnnconv_lib.__version__"}
    assert importlib.metadata.version("gnnconv-lib") == gnnconv_lib.__version__
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## {gnnconv_lib.__version__}" in changes


def test_a_tag_must_be_the_version(tmp_path):
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))
    steps = [step.get("run", "") for step in workflow["jobs"]["release"]["steps"]]
    (check,) = [step for step in steps if "__version__" in step]
    for tag, status in ((f"v{gnnconv_lib.__version__}", 0), ("v9.9.9", 1)):
        finished = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", check],
            cwd=ROOT,
            env={**os.environ, "TAG": tag},
            capture_output=True,
            check=False,
        )
        assert finished.returncode == status, tag


def test_both_papers_are_cited():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    surnames = [[a["family-names"] for a in paper["authors"]] for paper in citation["references"]]
    assert surnames == [["Awasthi", "Das", "Gollapudi"], ["Li", "Zou", "Zhong"]]


def test_the_licences_are_there():
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "CC BY 4.0" in (ROOT / "LICENSE-text").read_text(encoding="utf-8")


def test_python_versions_agree():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    versions = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert versions == ["3.11", "3.12", "3.13"]
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert all(version in allowed for version in versions)
    assert "3.10" not in allowed
    assert "3.14" not in allowed


def test_make_refuses_an_unsuitable_python_in_one_sentence(tmp_path):
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    finished = subprocess.run(
        ["make", "-C", str(ROOT), "setup", f"PYTHON={old}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode != 0
    assert "No Python from 3.11 to 3.13" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_continuous_integration_runs_what_a_newcomer_runs():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "make test" in script
    assert "xla_cpu_max_isa=SSE4_2" in script
    subprocess.run(["bash", "-n", str(ROOT / ".ci/run")], check=True)


def test_a_wheel_brings_every_chapter_and_what_it_reads():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    files = settings["tool"]["setuptools"]["data-files"]
    brought = {
        path.relative_to(ROOT).as_posix()
        for target, patterns in files.items()
        for pattern in patterns
        for path in ROOT.glob(pattern)
        if target == f"share/gnnconv-book/{Path(pattern).parent.as_posix()}".removesuffix("/.")
    }
    listed = subprocess.run(
        ["git", "ls-files", "book", "_toc.yml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert len(listed) > 20
    assert set(listed) <= brought


def test_an_installed_book_is_found(tmp_path, monkeypatch):
    import sysconfig

    from gnnconv_lib.page import finding

    book = tmp_path / "share" / "gnnconv-book"
    book.mkdir(parents=True)
    (book / "_toc.yml").write_text("root: book/a\n", encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(finding, "__file__", str(tmp_path / "site" / "lib" / "page" / "finding.py"))
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    assert finding.find_book() == book
