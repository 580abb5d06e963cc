"""`make proofs`: compiles the proofs, checks the quotes, and keeps the record up to date."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from gnnconv_lib import files
from gnnconv_lib.proofs.compilation import check_again, compile_proofs
from gnnconv_lib.proofs.quotes import wrong_quotes
from gnnconv_lib.proofs.record import RECORD_NAME, Record, record
from gnnconv_lib.proofs.sources import find_proofs
from gnnconv_lib.validation import InvalidInput

__all__ = ["main", "write"]


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; 0 if everything was accepted, else 1 with a sentence."""
    parser = argparse.ArgumentParser(prog="python -m gnnconv_lib.proofs", description=__doc__)
    parser.add_argument("--folder", type=Path, default=None, help="the folder with the sources")
    parser.add_argument(
        "--recheck", action="store_true", help="have coqchk check again, the library too (minutes)"
    )
    chosen = parser.parse_args(arguments)
    folder = chosen.folder or find_proofs(Path.cwd()) or find_proofs()
    try:
        if folder is None:
            raise InvalidInput("proofs must lie in a clone of the book; there is none here.")
        if chosen.recheck:
            print(check_again(folder).strip())
            return 0
        return _compile(folder)
    except InvalidInput as error:
        print(error, file=sys.stderr)
        return 1


def write(found: Record, folder: Path) -> None:
    """Writes the record beside the sources."""
    kept = ("file", "words", "statement", "type", "axioms", "supports", "outside", "instance")
    entries = {n: {key: getattr(t, key) for key in kept} for n, t in found.theorems.items()}
    data = {"coq": found.coq, "digest": found.digest, "theorems": entries}
    files.write(folder / RECORD_NAME, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def _compile(folder: Path) -> int:
    start = time.perf_counter()
    found = compile_proofs(folder)
    problems = wrong_quotes(folder, folder.parent / "book")
    if problems:
        raise InvalidInput(" ".join(problems))
    same = record(folder) == found
    if not same:
        write(found, folder)
    axioms = sorted({name for entry in found.theorems.values() for name in entry.axioms})
    print(
        f"Coq {found.coq} accepts {len(found.theorems)} main theorems, which use {len(axioms)} "
        f"axioms, in {time.perf_counter() - start:.0f} s; the record "
        f"{'is as before' if same else 'was written anew'}."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
