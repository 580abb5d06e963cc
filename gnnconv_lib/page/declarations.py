"""The declaration of a chapter's parameters, read and enforced without executing anything.

Each line of the cell tagged `parameters` declares one parameter:

    nodes: int = 100  # number of nodes [1, 1000000]
    learning_rate: float = 0.1  # step size (0, inf)
    activation: str = "tanh"  # activation {tanh, sigmoid}
    bands: bool = True  # draw the spread over seeds

The type is `int`, `float`, `bool` or `str`. A range closes the help text: an interval with `[`, `]`
for ends that are allowed and `(`, `)` for ends that are not, or a set of choices for a `str`. No
line may hold a second `=`, since papermill would drop the parameter without a word.
"""

from __future__ import annotations

import ast
import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gnnconv_lib.validation import InvalidInput, require_choice, require_integer, require_real

__all__ = ["TYPES", "InvalidParameter", "Parameter", "from_text", "parse", "require"]

TYPES: dict[str, type] = {"int": int, "float": float, "bool": bool, "str": str}

_LINE = re.compile(
    r"(?P<name>[A-Za-z_]\w*)\s*:\s*(?P<type>\w+)\s*=\s*(?P<default>[^#]*?|\"[^\"]*\"|'[^']*')"
    r"\s*#\s*(?P<help>.*)"
)
_INTERVAL = re.compile(
    r"(?P<open>[\[(])\s*(?P<low>[^\s,]+)\s*,\s*(?P<high>[^\s,]+)\s*(?P<close>[\])])$"
)
_CHOICES = re.compile(r"\{(?P<choices>[^{}]*)\}$")


class InvalidParameter(InvalidInput):
    """A chapter's parameter out of what it allows; a notebook shows the sentence, no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"InvalidParameter: {self}"]


@dataclass(frozen=True)
class Parameter:
    """One declared parameter.

    Fields:
        name, type: the name and the type's name, one of `TYPES`.
        default: its value in the stored chapter.
        help: the help text, without the range.
        range: the range as written, or an empty string.
    """

    name: str
    type: str
    default: Any
    help: str
    range: str = ""

    def accept(self, value: Any) -> Any:
        """`value` as this parameter's type, if it has that type and lies in the range.

        An `int` is accepted for a `float`.

        Raises:
            InvalidParameter: one sentence.

        >>> n = parse("n: int = 100  # number of nodes [1, 1000]")[0]
        >>> n.accept(7)
        7
        >>> n.accept(0)
        Traceback (most recent call last):
        ...
        gnnconv_lib.page.declarations.InvalidParameter: n must be an integer in [1, 1000], got 0.
        """
        try:
            return self._accept(value)
        except InvalidParameter:
            raise
        except InvalidInput as error:
            raise InvalidParameter(str(error)) from None

    def _accept(self, value: Any) -> Any:
        if self.type == "str":
            if not isinstance(value, str):
                raise InvalidParameter(f"{self.name} must be a string, got {reprlib.repr(value)}.")
            return require_choice(self.name, value, self.choices) if self.choices else value
        if self.type == "bool":
            if not isinstance(value, bool):
                raise InvalidParameter(
                    f"{self.name} must be True or False, got {reprlib.repr(value)}."
                )
            return value
        words = "an integer" if self.type == "int" else "a finite number"
        words += f" in {self.range}" if self.range else ""
        try:
            exact = require_integer if self.type == "int" else require_real
            number = exact(self.name, value)
        except InvalidInput:
            number = None
        if number is None or (self.range and not _contains(self.range, number)):
            raise InvalidParameter(f"{self.name} must be {words}, got {reprlib.repr(value)}.")
        return number

    @property
    def choices(self) -> tuple[str, ...]:
        """The allowed strings; empty when every string is allowed."""
        match = _CHOICES.search(self.range)
        return tuple(c.strip() for c in match["choices"].split(",")) if match else ()


def parse(source: str) -> list[Parameter]:
    """The declarations in the source of a `parameters` cell.

    Raises:
        InvalidParameter: for anything but declarations, comments and empty lines; for a second `=`,
            an unknown type, a default that is no literal of the type or out of range, a missing
            help text, a range that cannot be read, a repeated name.

    >>> [p.name for p in parse('n: int = 4  # nodes [1, 9]\\nkind: str = "star"  # family')]
    ['n', 'kind']
    """
    declared: dict[str, Parameter] = {}
    for line in source.splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        parameter = _declaration(text)
        if parameter.name in declared:
            raise InvalidParameter(f"{parameter.name} must be declared once.")
        declared[parameter.name] = parameter
    return list(declared.values())


def require(declared: Mapping[str, Parameter], name: str) -> Parameter:
    """The declared parameter `name`.

    Raises:
        InvalidParameter: for an unknown name, with the nearest declared one.
    """
    if not declared:
        raise InvalidParameter(f"this chapter has no parameters, got {name!r}.")
    try:
        return declared[require_choice("parameter", name, declared)]
    except InvalidInput as error:
        raise InvalidParameter(str(error)) from None


def from_text(parameter: Parameter, text: str) -> Any:
    """The value that `text`, from a command line, stands for.

    Raises:
        InvalidParameter: one sentence, for text of the wrong type or out of range.

    >>> from_text(parse("rate: float = 0.1  # step size (0, 1]")[0], "1e-3")
    0.001
    """
    if parameter.type == "str":
        return parameter.accept(text)
    if parameter.type == "bool":
        known = {"true": True, "false": False}
        return parameter.accept(known.get(text.strip().lower(), text))
    try:
        number = TYPES[parameter.type](text)
    except ValueError:
        return parameter.accept(text)
    return parameter.accept(number)


def _declaration(text: str) -> Parameter:
    if text.count("=") != 1:
        raise InvalidParameter(f"a parameter line must hold exactly one '=', got {text!r}.")
    match = _LINE.fullmatch(text)
    if match is None or not match["help"].strip():
        raise InvalidParameter(
            f"a parameter line must read 'name: type = value  # help [range]', got {text!r}."
        )
    name, kind, help_text = match["name"], match["type"], match["help"].strip()
    if kind not in TYPES:
        raise InvalidParameter(f"{name} must have a type among {', '.join(TYPES)}, got {kind!r}.")
    try:
        default = ast.literal_eval(match["default"].strip())
    except (ValueError, SyntaxError):
        raise InvalidParameter(
            f"{name} must have a literal default, got {match['default'].strip()!r}."
        ) from None
    pattern = _CHOICES if kind == "str" else _INTERVAL
    found = pattern.search(help_text) if kind != "bool" else None
    words = help_text[: found.start()].strip() if found else help_text
    parameter = Parameter(name, kind, default, words, found[0] if found else "")
    if kind in ("int", "float") and found:
        _contains(parameter.range, 0)
    return Parameter(name, kind, parameter.accept(default), words, parameter.range)


def _contains(interval: str, number: float) -> bool:
    match = _INTERVAL.search(interval)
    try:
        assert match is not None
        low, high = float(match["low"]), float(match["high"])
    except (AssertionError, ValueError):
        raise InvalidParameter(
            f"a range must read like [0, 1) or (0, inf), got {interval!r}."
        ) from None
    above = low <= number if match["open"] == "[" else low < number
    below = number <= high if match["close"] == "]" else number < high
    return above and below
