"""The ledger as a picture: where in a paper the verdicts fall.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from gnnconv_lib import plotting
from gnnconv_lib.ledger import VERDICTS, Item, Ledger

__all__ = ["STYLES", "verdict_strip"]

# Colour and marker of each verdict; the rows tell the verdicts apart without either.
STYLES: dict[str, tuple[str, str]] = {
    "holds": ("#008F68", "o"),
    "open": ("#56B4E9", "v"),
    "slip": ("#7A7A00", "P"),
    "holds with correction": ("#B87A00", "s"),
    "depends on the reading": ("#A05195", "h"),
    "not reproducible as described": ("#CC79A7", "*"),
    "false": ("#D55E00", "X"),
    "not checkable": ("#0072B2", "D"),
    "pending": ("#777777", "."),
}


def verdict_strip(ledger: Ledger) -> Figure:
    """One mark per item, from left to right in the order of the paper, in the row of its verdict.

    Vertical lines separate the sections; each row is labelled with its verdict and its count.

    Args:
        ledger: the ledger of one paper.
    """
    figure, axes = plotting.figure(width=7.2, height=3.4)
    counts = ledger.counts()
    place = {item.id: position for position, item in enumerate(ledger, start=1)}
    for row, verdict in enumerate(VERDICTS):
        color, marker = STYLES[verdict]
        at = [place[item.id] for item in ledger if item.verdict == verdict]
        if at:
            axes.plot(at, [-row] * len(at), marker, color=color, ms=5, ls="", label=verdict)
    sections = {name: [place[item.id] for item in items] for name, items in _runs(ledger)}
    starts = [min(at) - 0.5 for at in list(sections.values())[1:]]
    low, high = 0.6 - len(VERDICTS), 0.6
    axes.vlines(starts, low, high, colors="#999999", linewidths=0.6, label="sections")
    labelled = {name: at for name, at in sections.items() if len(at) >= 0.02 * len(ledger)}
    axes.set_xticks(
        [(min(at) + max(at)) / 2 for at in labelled.values()],
        list(labelled),
        rotation=50,
        ha="right",
        rotation_mode="anchor",
        fontsize=8,
    )
    axes.set_yticks(
        [-row for row in range(len(VERDICTS))],
        [f"{verdict}: {counts[verdict]}" for verdict in VERDICTS],
        fontsize=9,
    )
    axes.set_xlim(0, len(ledger) + 1)
    axes.set_ylim(low, high)
    axes.grid(False)
    return figure


def _runs(ledger: Ledger) -> list[tuple[str, list[Item]]]:
    """The sections whose items stand together; a section that comes back counts where it began."""
    runs: list[tuple[str, list[Item]]] = []
    for item in ledger:
        if runs and runs[-1][0] == item.section:
            runs[-1][1].append(item)
        elif item.section not in [name for name, _ in runs]:
            runs.append((item.section, [item]))
        else:
            runs[-1][1].append(item)
    return runs
