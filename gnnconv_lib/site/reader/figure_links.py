"""A link below the caption of each figure: its data, as a file that lies beside the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gnnconv_lib.chapters.figures import data_files

__all__ = ["CLASS", "link_data"]

CLASS = "figure-data"
_LINK = "{caption}\n\n{{.{name}}}\n{{download}}`Data of the figure (CSV) <{file}>`"


def link_data(cells: list[dict[str, Any]], path: str | Path) -> None:
    """Link each figure of the notebook at `path` to its data, where they are stored.

    Args:
        cells: the cells of the notebook, as JSON has them; changed in place.
        path: its file.
    """
    files = data_files(path)
    for cell in cells:
        figure = cell.get("metadata", {}).get("mystnb", {}).get("figure", {})
        file = files.get(figure.get("name", ""))
        if file is not None:
            address = file.relative_to(Path(path).parent).as_posix()
            figure["caption"] = _LINK.format(
                caption=figure.get("caption", ""), name=CLASS, file=address
            )
