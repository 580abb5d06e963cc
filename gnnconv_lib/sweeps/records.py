"""The stored results: one record per finished run, and the notebook of a chapter's run.

`runs/<parameters>,<identity>.json` holds the parameters and the values, the digest of the notebook, and the
digest of all that. Both files are written in one step (`gnnconv_lib.files`), the record last. A
record counts only if its digests hold, so a half-written or edited run is repeated.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gnnconv_lib import files
from gnnconv_lib.sweeps.identity import Work, canonical, digest, identity
from gnnconv_lib.validation import InvalidInput

__all__ = ["Folder", "run_name"]

_LONGEST_NAME = 80
_IDENTITY_LENGTH = 12


def run_name(parameters: Mapping[str, Any], defaults: Mapping[str, Any]) -> str:
    """What is read of a run in the name of its files: the parameters that are not the defaults.

    >>> run_name({"n": 20, "rate": 0.5, "graph_file": "/data/a b.csv"}, {"n": 100, "rate": 0.5})
    'graph_file=a-b.csv,n=20'
    """
    # One order, since what is swept in one sweep may be fixed in the next.
    set_here = [(k, v) for k, v in sorted(parameters.items()) if v != defaults.get(k)]
    parts = [f"{name}={str(value).rpartition('/')[2]}" for name, value in set_here]
    text = re.sub(r"[^\w.,=+-]", "-", ",".join(parts), flags=re.ASCII)
    return text[:_LONGEST_NAME] or "defaults"


class Folder:
    """The folder of a sweep.

    Args:
        path: where it is, or is made.
        names: what is read of each run in the names of its files, by identity.

    Raises:
        InvalidInput: if it cannot be made or written.
    """

    def __init__(self, path: str | Path, names: Mapping[str, str]) -> None:
        self.names = names
        self.path = Path(path).absolute()
        self.runs = self.path / "runs"
        try:
            self.runs.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.runs), tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise InvalidInput(
                f"output must be a folder that can be written, got {path} ({error.strerror})."
            ) from None

    def notebook(self, run: str, failed: bool = False) -> Path:
        """Where the executed notebook of a run is kept."""
        return self._file(run, ".failed.ipynb" if failed else ".ipynb")

    def load(self, run: str) -> dict[str, Any] | None:
        """The values of the finished run with this identity; None if there is no sound record."""
        content = _sound(self._record(run))
        if content is None:
            return None
        # The name is a part of the identity, and a record may have been renamed.
        if identity(Work(**content["work"]), content["parameters"]) != run:
            return None
        if content["notebook"] is not None:
            try:
                held = self.notebook(run).read_bytes()
            except OSError:
                return None
            if digest(held) != content["notebook"]:
                return None
        return dict(content["values"])

    def damaged(self, run: str) -> bool:
        """Whether there is a record of this run that does not count."""
        return self._record(run).exists() and self.load(run) is None

    def store(
        self,
        work: Work,
        parameters: Mapping[str, Any],
        values: Mapping[str, Any],
        notebook: str | None,
        versions: Mapping[str, str],
    ) -> None:
        """Keep a finished run."""
        run = identity(work, parameters)
        content: dict[str, Any] = {
            "work": asdict(work),
            "parameters": dict(parameters),
            "values": dict(values),
            "notebook": None if notebook is None else digest(notebook.encode()),
            "versions": dict(versions),
        }
        content["digest"] = digest(canonical(content))
        if notebook is not None:
            files.write(self.notebook(run), notebook)
        # Keys stay in the order in which the values were reported.
        files.write(self._record(run), json.dumps(content, indent=1) + "\n")
        self.notebook(run, failed=True).unlink(missing_ok=True)

    def store_failed(self, run: str, notebook: str) -> None:
        """Keep the notebook of a failed run, for a look at it."""
        files.write(self.notebook(run, failed=True), notebook)

    def others(self, work: Work, runs: Collection[str]) -> Counter[str]:
        """How many records of the same chapter or function belong to another state, by what differs.

        The keys are "library", "chapter" or "function", and "library and chapter" or alike.
        """
        found: Counter[str] = Counter()
        known = {self._record(run).name for run in runs}
        for path in self.runs.glob("*.json"):
            content = None if path.name in known else _sound(path)
            if content is None:
                continue
            other = Work(**content["work"])
            if (other.kind, other.name) != (work.kind, work.name) or other == work:
                continue
            changed = ["library"] if other.library != work.library else []
            changed += [work.kind] if other.source != work.source else []
            found[" and ".join(changed)] += 1
        return found

    def _record(self, run: str) -> Path:
        return self._file(run, ".json")

    def _file(self, run: str, suffix: str) -> Path:
        return self.runs / f"{self.names[run]},{run[:_IDENTITY_LENGTH]}{suffix}"


def _sound(path: Path) -> dict[str, Any] | None:
    """The content of a record whose digest holds."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        stated = content.pop("digest")
        return content if digest(canonical(content)) == stated else None
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None
