"""The six panels of Figure 1: do both errors decrease towards a small level?

Reference: li2021, Figure 1. Book page: `book/li2021/figures-1-and-2`.
"""

from __future__ import annotations

from gnnconv_lib.audit._averaging_panels import panel_verdict
from gnnconv_lib.evidence import Evidence

__all__ = [
    "figure_1a",
    "figure_1b",
    "figure_1c",
    "figure_1d",
    "figure_1e",
    "figure_1f",
]


def figure_1a(budget: str = "quick") -> Evidence:
    """ReLU."""
    return panel_verdict("relu", "node", budget)


def figure_1b(budget: str = "quick") -> Evidence:
    """Leaky ReLU, slope 0.2."""
    return panel_verdict("leaky_relu(0.2)", "node", budget)


def figure_1c(budget: str = "quick") -> Evidence:
    """Leaky ReLU, slope 0.05."""
    return panel_verdict("leaky_relu(0.05)", "node", budget)


def figure_1d(budget: str = "quick") -> Evidence:
    """Sigmoid."""
    return panel_verdict("sigmoid", "node", budget)


def figure_1e(budget: str = "quick") -> Evidence:
    """Tanh."""
    return panel_verdict("tanh", "node", budget)


def figure_1f(budget: str = "quick") -> Evidence:
    """Swish."""
    return panel_verdict("swish", "node", budget)
