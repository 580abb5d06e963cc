"""What the gates of the pages need of Node: the packages of `node/package-lock.json`, by their hashes."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from pathlib import Path

LOCKED = Path(__file__).parent / "node"


class Missing(RuntimeError):
    """Node, npm or the packages cannot be had; the message says which."""


def installed(folder: Path) -> Path:
    """A folder with the packages; they are fetched where the lock has changed, by one process at a time."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Missing(f"{program} is not installed (Debian: nodejs, npm).")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        record = folder / "node_modules" / ".installed"
        lock = (LOCKED / "package-lock.json").read_text(encoding="utf-8")
        if not record.is_file() or record.read_text(encoding="utf-8") != lock:
            _install(folder)
            record.write_text(lock, encoding="utf-8")
    return folder


def faults_of(pages: list[Path], packages: Path, scratch: Path) -> list[str]:
    """What html-validate says of pages: file, line, rule and message."""
    listed = scratch / "pages.json"
    listed.write_text(json.dumps([str(page) for page in pages]), encoding="utf-8")
    command = ["node", str(LOCKED / "validate.mjs"), str(packages), str(listed)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise RuntimeError(finished.stderr)
    found: list[str] = json.loads(finished.stdout)
    return found


def _install(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(LOCKED / name, folder / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if finished.returncode:
        said = finished.stderr.strip().splitlines() or ["npm said nothing"]
        raise Missing(f"npm ci failed: {said[0]}")
