"""Where the data of a chapter's figures are kept.

Those of the figure `fig-loss` of `book/line.ipynb` are `book/figure-data/line.fig-loss.csv`; those
of a run lie in the same way beside the executed notebook.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gnnconv_lib import files

__all__ = ["FOLDER", "data_files", "drawn_files", "store"]

#: Its name in the folder of the notebook.
FOLDER = "figure-data"


def data_files(path: str | Path) -> dict[str, Path]:
    """The files with the data of the chapter at `path`, by the names of its figures."""
    chapter = Path(path)
    found = sorted((chapter.parent / FOLDER).glob(f"{chapter.stem}.*.csv"))
    return {file.stem.removeprefix(f"{chapter.stem}."): file for file in found}


def drawn_files(folder: str | Path) -> dict[str, Path]:
    """The files that the figures of a running chapter have written into `folder`, by their names."""
    return {file.stem: file for file in sorted(Path(folder).glob("*.csv"))}


def store(drawn: Mapping[str, Path], path: str | Path) -> bool:
    """Make copies of the files `drawn` those of the chapter at `path`; whether one changed."""
    chapter, old = Path(path), data_files(path)
    surplus = old.keys() - drawn.keys()
    for name in surplus:
        old[name].unlink()
    if drawn:
        (chapter.parent / FOLDER).mkdir(parents=True, exist_ok=True)
    changed = [
        files.write(chapter.parent / FOLDER / f"{chapter.stem}.{name}.csv", file.read_bytes())
        for name, file in drawn.items()
    ]
    return any(changed) or bool(surplus)
