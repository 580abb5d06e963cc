"""The six panels of Figure 2: do both errors decrease towards a small level?

Reference: li2021, Figure 2. Book page: `book/li2021/figures-1-and-2`.
"""

from __future__ import annotations

from gnnconv_lib.audit._averaging_panels import panel_verdict
from gnnconv_lib.evidence import Evidence

__all__ = [
    "figure_2a",
    "figure_2b",
    "figure_2c",
    "figure_2d",
    "figure_2e",
    "figure_2f",
]


def figure_2a(budget: str = "quick") -> Evidence:
    """ReLU."""
    return panel_verdict("relu", "graph", budget)


def figure_2b(budget: str = "quick") -> Evidence:
    """Leaky ReLU, slope 0.2."""
    return panel_verdict("leaky_relu(0.2)", "graph", budget)


def figure_2c(budget: str = "quick") -> Evidence:
    """Leaky ReLU, slope 0.05."""
    return panel_verdict("leaky_relu(0.05)", "graph", budget)


def figure_2d(budget: str = "quick") -> Evidence:
    """Sigmoid."""
    return panel_verdict("sigmoid", "graph", budget)


def figure_2e(budget: str = "quick") -> Evidence:
    """Tanh."""
    return panel_verdict("tanh", "graph", budget)


def figure_2f(budget: str = "quick") -> Evidence:
    """Swish."""
    return panel_verdict("swish", "graph", budget)
