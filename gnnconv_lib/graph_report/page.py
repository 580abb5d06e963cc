"""A report as one HTML page that needs no other file. Book page: book/setting."""

from __future__ import annotations

import html
import io
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gnnconv_lib import plotting
from gnnconv_lib.graph_report.numbers import Report
from gnnconv_lib.graphs import Facts, as_graph
from gnnconv_lib.validation import InvalidInput

__all__ = ["page"]

_STYLE = """:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;
margin:auto;padding:1rem;overflow-wrap:anywhere}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.3rem;border-bottom:1px solid #8886;vertical-align:top}
figure{margin:1rem 0;background:#fff;border-radius:.4rem}svg{max-width:100%;height:auto}"""


#: The symbols of the table.
_MEANING = (
    "Sums over all pairs of nodes i, j (also i = j): A = Σ m<sub>ij</sub> s(ρ<sub>ij</sub>), "
    "S = Σ d<sub>ij</sub> and C(1) = Σ d<sub>ij</sub> s′(ρ<sub>ij</sub>), where d<sub>ij</sub> is an "
    "entry of (adjacency + I)², m<sub>ij</sub> = √((d<sub>i</sub> + 1)(d<sub>j</sub> + 1)) with the "
    "degrees d<sub>i</sub>, ρ<sub>ij</sub> = d<sub>ij</sub> / m<sub>ij</sub> and "
    "s(ρ) = (√(1 − ρ²) + ρ (π − arccos ρ)) / π."
)


def page(
    found: Report,
    graph: Any,
    title: str = "graph",
    repository: str = "",
    read: Sequence[str] = (),
) -> str:
    """The HTML page of a report.

    Args:
        found: the numbers, from `report`.
        graph: the same graph, for the picture.
        title: what to call it.
        repository: the address of the book's repository, for links to its chapters; without one
            their names stand alone.
        read: sentences on what was dropped, merged and noticed when the graph was read.

    Raises:
        InvalidInput: for a report with a number that is not finite.

    >>> from gnnconv_lib.graph_report import report
    >>> from gnnconv_lib.graphs import complete
    >>> page(report(complete(2)), complete(2)).startswith("<!doctype html>")
    True
    """
    _require_finite("report", asdict(found))
    about = found.facts
    main = found.main_eigenvalues
    rows = (
        ("Nodes, edges", f"{about.nodes}, {about.edges}"),
        ("Degrees", _degrees(about)),
        ("Components", f"{about.components}, {about.isolated} isolated nodes"),
        ("A", _number(found.full, found.full_interval)),
        ("S", _number(found.messages)),
        ("C(1)", _number(found.slope, found.slope_interval)),
        ("Condition number A / C(1)", _number(found.condition_number, found.condition_interval)),
        ("Best step next to the teacher, 2 / (A + C(1))", _number(found.best_step)),
        ("Steps to 10⁻⁶ of the loss: local rate, step 1/A", _number(found.predicted_steps)),
        ("Steps bounded by the global linear rate, start at 90°", _number(found.bounded_steps)),
        ("Steps in a run from 90°, step 1/A", _number(found.run_steps)),
        ("Main eigenvalues", "not computed" if main is None else _eigenvalues(main)),
        ("Every component regular", "yes" if found.regular_components else "no"),
        ("ξ / n of li2021, Eq. (11)", _number(found.xi)),
        ("Effective number of labels, second paper", _number(found.effective_labels)),
    )
    asked = [
        (entry.name, f"{'yes' if entry.met else 'no'}: {entry.found} ({entry.where})")
        for entry in about.hypotheses
    ]
    name = html.escape(title)
    reading = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in read)
    reading = reading and f"<h2>What was done to read it</h2><ul>{reading}</ul>"
    missing = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in found.not_computed)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{name}</h1><figure>{_picture(graph)}</figure>"
        f"{reading}<h2>Numbers ({found.method})</h2>{_table(rows)}<p>{_MEANING}</p>{missing}"
        f"<h2>What the papers’ theorems ask for</h2>{_table(asked)}"
        f"<h2>What each theorem says of this graph</h2>{_theorems(found, repository)}</body></html>\n"
    )


def _degrees(about: Facts) -> str:
    if about.smallest_degree == about.largest_degree:
        return f"all {about.smallest_degree}"
    return f"{about.smallest_degree} to {about.largest_degree}, mean {about.mean_degree:.4g}"


def _theorems(found: Report, repository: str) -> str:
    return "".join(
        f"<h3>{html.escape(entry.name)}</h3>"
        + _table(
            (
                ("Setting", entry.setting),
                ("Speaks of this graph", entry.speaks),
                ("Promise", entry.promise),
                ("What happens", entry.happens),
            ),
            f"<tr><th>Chapter</th><td>{_chapter(entry.page, repository)}</td></tr>",
        )
        for entry in found.theorems
    )


def _chapter(name: str, repository: str) -> str:
    if not repository:
        return html.escape(name)
    address = html.escape(f"{repository}/blob/HEAD/{name}.ipynb", quote=True)
    return f'<a href="{address}">{html.escape(name)}</a>'


def _table(rows: Any, more: str = "") -> str:
    cells = (f"<tr><th>{html.escape(a)}</th><td>{html.escape(b)}</td></tr>" for a, b in rows)
    return f"<table>{''.join(cells)}{more}</table>"


def _number(value: float | None, interval: tuple[float, float] | None = None) -> str:
    if value is None:
        return "not computed"
    if interval is None:
        return f"{value:.6g}"
    # As many digits as tell the ends of the interval apart.
    digits = next((k for k in range(6, 17) if len({f"{end:.{k}g}" for end in interval}) > 1), 6)
    low, high = (f"{end:.{digits}g}" for end in interval)
    return f"{value:.{digits}g} ({low} to {high})"


def _eigenvalues(main: tuple[float, ...]) -> str:
    shown = ", ".join(f"{mu:.4g}" for mu in sorted(main)[-8:])
    return f"{len(main)}: {shown}" if len(main) <= 8 else f"{len(main)}, the largest 8: {shown}"


def _require_finite(name: str, value: Any) -> None:
    if isinstance(value, dict):
        for key, entry in value.items():
            _require_finite(key, entry)
    elif isinstance(value, tuple | list):
        for entry in value:
            _require_finite(name, entry)
    elif isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput(f"{name} must be finite in a report, got {value}.")


def _picture(graph: Any) -> str:
    graph = as_graph(graph)
    plotting.use_style()
    drawn, axes = plotting.figure(width=6.0)
    if graph.nodes <= 60:
        plotting.draw_graph(axes, graph)
        words = f"drawing of the graph with {graph.nodes} nodes"
    else:
        count = np.bincount(graph.degrees)
        degrees = np.flatnonzero(count)
        axes.loglog(degrees + 1, count[degrees], "o")
        plotting.label(axes, "degree + 1", "number of nodes")
        words = "number of nodes of each degree"
    text = io.StringIO()
    drawn.savefig(text, format="svg", metadata={"Date": None})
    plt.close(drawn)
    picture = text.getvalue()
    return picture[picture.index("<svg") :].replace(
        "<svg", f'<svg role="img" aria-label="{words}"', 1
    )
