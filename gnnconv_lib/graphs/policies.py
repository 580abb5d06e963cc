"""What to do with what the papers' setting does not have: direction, weights, loops, repetitions.

Each is refused unless the caller says otherwise, and the refusal names the option. Book:
`book/setting.ipynb`.
"""

from __future__ import annotations

from dataclasses import dataclass

from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["CHOICES", "Policies", "policies"]

#: The options with their values; the first value is the default.
CHOICES: dict[str, tuple[str, str]] = {
    "directed": ("refuse", "symmetrise"),
    "weights": ("refuse", "ignore"),
    "loops": ("refuse", "ignore"),
    "repeated": ("refuse", "merge"),
}


@dataclass(frozen=True)
class Policies:
    """What happens to each thing that a `Graph` cannot hold.

    Fields:
        directed: "symmetrise" makes an edge of every arc, and one edge of an arc and its reverse.
        weights: "ignore" drops weights and whatever else stands behind the two nodes of a line.
            An entry 0 of a matrix stays no edge.
        loops: "ignore" drops edges from a node to itself; the node stays.
        repeated: "merge" makes one edge of an edge that is listed more than once, in whichever
            direction.
    """

    directed: str = "refuse"
    weights: str = "refuse"
    loops: str = "refuse"
    repeated: str = "refuse"


def policies(
    directed: str = "refuse",
    weights: str = "refuse",
    loops: str = "refuse",
    repeated: str = "refuse",
    merge: bool = False,
) -> Policies:
    """The checked options; `merge=True` is another way to say `repeated="merge"`.

    Raises:
        InvalidInput: for another value.

    >>> policies(loops="ignore").loops
    'ignore'
    >>> policies(loops="drop")
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: loops must be one of refuse, ignore, got 'drop'.
    """
    if merge not in (True, False):
        raise InvalidInput(f"merge must be True or False, got {merge!r}.")
    given = {"directed": directed, "weights": weights, "loops": loops, "repeated": repeated}
    checked = {name: require_choice(name, value, CHOICES[name]) for name, value in given.items()}
    if merge:
        checked["repeated"] = "merge"
    return Policies(**checked)
