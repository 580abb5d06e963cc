"""Places for the nodes of a small graph, as closed forms: a rerun draws the same picture.

Force-directed layouts amplify the last bits of their arithmetic and are not used.

Book page: `book/setting`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["LAYOUTS", "layout"]


def circle(graph: Any) -> np.ndarray:
    """All nodes on a circle, node 0 at the top, clockwise."""
    angle = np.pi / 2 - 2 * np.pi * np.arange(graph.nodes) / graph.nodes
    return np.column_stack([np.cos(angle), np.sin(angle)]) * (graph.nodes > 1)


def line(graph: Any) -> np.ndarray:
    """All nodes on a horizontal line, in order."""
    x = np.linspace(-1, 1, graph.nodes) if graph.nodes > 1 else np.zeros(1)
    return np.column_stack([x, np.zeros(graph.nodes)])


def star(graph: Any) -> np.ndarray:
    """The node of largest degree in the middle, the others on a circle around it."""
    centre = int(np.argmax(graph.degrees))
    others = [i for i in range(graph.nodes) if i != centre]
    angle = np.pi / 2 - 2 * np.pi * np.arange(len(others)) / max(1, len(others))
    places = np.zeros((graph.nodes, 2))
    places[others] = np.column_stack([np.cos(angle), np.sin(angle)])
    return places


def two_rings(graph: Any) -> np.ndarray:
    """The first half of the nodes on an outer circle, the second half on an inner one."""
    half = (graph.nodes + 1) // 2
    index = np.arange(graph.nodes)
    angle = np.pi / 2 - 2 * np.pi * (index % half) / half
    radius = np.where(index < half, 1.0, 0.5)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def components(graph: Any) -> np.ndarray:
    """Each connected component on a circle of its own, side by side."""
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(graph.adjacency, directed=False)
    places = np.zeros((graph.nodes, 2))
    x = 0.0
    for component in range(count):
        members = np.flatnonzero(label == component)
        radius = 0.0 if len(members) == 1 else 0.35 / np.sin(np.pi / max(3, len(members)))
        angle = np.pi / 2 - 2 * np.pi * np.arange(len(members)) / len(members)
        x += radius
        places[members] = radius * np.column_stack([np.cos(angle), np.sin(angle)]) + [x, 0.0]
        x += radius + 0.6
    return places


LAYOUTS: dict[str, Callable[[Any], np.ndarray]] = {
    "circle": circle,
    "components": components,
    "line": line,
    "star": star,
    "two rings": two_rings,
}

_BY_NAME = {"star": "star", "path": "line", "petersen": "two rings", "cliques": "components"}


def layout(graph: Any, positions: Any = None) -> np.ndarray:
    """The places of the nodes, shape (n, 2).

    Args:
        graph: a `Graph`.
        positions: shape (n, 2), a name in `LAYOUTS`, or None for the layout that suits the graph's
            name: a star, a path, the Petersen graph and disjoint cliques have their own, all others
            a circle.

    Raises:
        InvalidInput: for an unknown name or another shape.
    """
    if positions is None:
        name = str(graph.name).lower()
        fitting = [look for word, look in _BY_NAME.items() if word in name]
        positions = fitting[0] if fitting else "circle"
    if isinstance(positions, str):
        return LAYOUTS[require_choice("positions", positions, LAYOUTS)](graph)
    places = np.asarray(positions, dtype=float)
    if places.shape != (graph.nodes, 2):
        raise InvalidInput(f"positions must have shape ({graph.nodes}, 2), got {places.shape}.")
    return places
