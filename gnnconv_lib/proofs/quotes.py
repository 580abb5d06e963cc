"""Coq statements quoted on pages: each must be word for word what stands in the sources."""

from __future__ import annotations

import json
import re
from pathlib import Path

from gnnconv_lib.proofs.sources import KEYWORD, source_files, statement_of

__all__ = ["wrong_quotes"]


def wrong_quotes(folder: Path, pages: Path) -> list[str]:
    """One sentence for each quoted statement that is not in the sources.

    A quote is a block between fences of the language `coq` in a page's Markdown; only its
    statements are compared, spaces aside.

    Args:
        folder: the folder with the sources.
        pages: the folder below which the pages lie.
    """
    texts = [path.read_text(encoding="utf-8") for path in source_files(folder)]
    problems = []
    for path in sorted([*pages.rglob("*.md"), *pages.rglob("*.ipynb")]):
        for block in re.findall(r"```coq\n(.*?)```", _markdown(path), re.DOTALL):
            for name in re.findall(rf"\b{KEYWORD}\s+(\w+)", block):
                quoted = statement_of(block + "\nProof", name)
                if quoted not in [statement_of(text, name) for text in texts]:
                    problems.append(
                        f"{path.name} quotes {name} otherwise than it is in the proofs."
                    )
    return problems


def _markdown(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
