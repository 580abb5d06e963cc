"""Links below the caption of each figure: its picture in full size, and its data, beside the pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from gnnconv_lib.chapters.figures import data_files

__all__ = ["CLASS", "PICTURE", "link_data", "with_pictures"]

CLASS = "figure-data"
#: The words of the link to a picture.
PICTURE = "Picture in full size"
_LINK = "{caption}\n\n{{.{name}}}\n{{download}}`Data of the figure (CSV) <{file}>`"
_FIGURE = re.compile(
    r'(?P<open><figure\b[^>]*>\s*)(?P<image><img\b[^>]*\bsrc="(?P<source>[^"]+)"[^>]*>)'
    rf'(?P<words>(?:(?!</figure>).)*?<p class="{CLASS}">)(?!<a href)',
    re.DOTALL,
)


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


def with_pictures(body: str) -> str:
    """The HTML of a page where figures lead to their pictures, themselves and by words below them.

    On a phone a figure is as wide as the text, and its letters are small. The figure itself is no
    second stop of the tabulator.

    >>> figure = '<figure><img src="a.png" /><p class="figure-data"><a>data</a></p></figure>'
    >>> with_pictures(figure)[:54]
    '<figure><a href="a.png" tabindex="-1"><img src="a.png"'
    >>> with_pictures(figure).partition("</a>")[2][:57]
    '<p class="figure-data"><a href="a.png">Picture in full si'
    """
    return _FIGURE.sub(
        rf'\g<open><a href="\g<source>" tabindex="-1">\g<image></a>\g<words>'
        rf'<a href="\g<source>">{PICTURE}</a> · ',
        body,
    )
