"""Room for formulas before they are typeset: what stands around them does not move when they come.

The room of a formula in a line is what matplotlib's mathematical text takes up in Computer Modern,
the type of MathJax. One that matplotlib cannot read keeps the room of its source. The style sheet
hides the source where scripts run, until the formula is typeset or MathJax could not be loaded.
"""

from __future__ import annotations

import html
import re
from functools import cache

from matplotlib import rc_context
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

__all__ = ["room_of", "with_room"]

#: The height of a small letter of MathJax's type. It is set as large as that of the text around it.
X_HEIGHT = 0.442
_SIZE = 100.0
_OPEN = '<span class="math notranslate nohighlight">'
_IN_A_LINE = re.compile(re.escape(_OPEN) + r"\\\((.*?)\\\)</span>", re.DOTALL)
_TOKEN = r"(\\[A-Za-z]+|[A-Za-z0-9])"
_GROUP = r"\{(?:[^{}]|\{[^{}]*\})*\}"
# What TeX and MathJax read and matplotlib does not.
_SPELLINGS = (
    (re.compile(r"\\[lr]Vert(?![A-Za-z])"), r"\\|"),
    (re.compile(r"\\[lr]vert(?![A-Za-z])"), "|"),
    (re.compile(r"\\([lg])e(?![A-Za-z])"), r"\\\1eq"),
    (re.compile(r"\\[td]frac(?![A-Za-z])"), r"\\frac"),
    (re.compile(r"\\(?:operatorname\*?|text|textrm)(?![A-Za-z])"), r"\\mathrm"),
    (re.compile(r"\\[bB]igg?[lrm]?(?![A-Za-z])"), ""),
    (re.compile(r"\\(?:tag|label)\{[^}]*\}"), ""),
    (re.compile(r"\\mid(?![A-Za-z])"), "|"),
    # In a line limits stand beside their sign.
    (re.compile(r"(\\(?:sum|prod|int|min|max|sup|inf|lim))(?![A-Za-z])"), r"\1{}"),
    (re.compile(rf"\\(sqrt|mathbf|mathbb|mathcal|hat|bar|tilde)\s*{_TOKEN}"), r"\\\1{\2}"),
    (re.compile(rf"\\frac\s*{_TOKEN}"), r"\\frac{\1} "),
    (re.compile(rf"(\\frac\s*{_GROUP})\s*{_TOKEN}"), r"\1{\2}"),
)
# What TeX adds to the spacing of matplotlib, in heights of a small letter: on the line and in a script.
# TeX has more room around relations and fractions, and in scripts none around signs.
_SIGNS = (
    (re.compile(r"\\frac(?![A-Za-z])"), 0.69, 0.69),
    (re.compile(r"\\sqrt(?![A-Za-z])"), -0.39, -0.39),
    (re.compile(r"\\(?:sum|prod|int)(?![A-Za-z])"), -0.42, -0.42),
    (re.compile(r"[=<>]|\\(?:leq?|geq?|neq?|to|in|propto|approx|sim)(?![A-Za-z])"), 0.28, -0.82),
    (re.compile(r"[-+]|\\(?:cdot|times|pm|circ)(?![A-Za-z])"), 0.0, -0.42),
    (re.compile(r"\\star(?![A-Za-z])"), 0.0, -1.15),
    (re.compile(r"\*|\\ast(?![A-Za-z])"), 0.0, -0.65),
    (re.compile(","), -0.18, -0.25),
)
_SCRIPT = re.compile(rf"[_^]\s*({_GROUP}|\\[A-Za-z]+|[^\s{{}}])")


def with_room(page: str) -> str:
    """The HTML of a page whose formulas in lines have room; a second time changes nothing.

    >>> with_room('<span class="math notranslate nohighlight">\\\\(x\\\\)</span>')[:69]
    '<span class="math notranslate nohighlight" style="--width: 1.3ex; --h'
    """
    return _IN_A_LINE.sub(_with_its_room, page)


@cache
def room_of(formula: str) -> tuple[float, float, float] | None:
    """Width, height above the line and depth below it, in heights of a small letter; None if not known.

    Args:
        formula: TeX, without delimiters.
    """
    text = " ".join(formula.split())
    for pattern, spelling in _SPELLINGS:
        text = pattern.sub(spelling, text)
    try:
        with rc_context({"mathtext.fontset": "cm"}):
            width, height, depth = _parser().parse(f"${text}$", dpi=72, prop=_type())[:3]
    except (ValueError, RuntimeError):
        return None
    unit = X_HEIGHT * _SIZE
    return max(width / unit + _added(text), 0.0), (height - depth) / unit, depth / unit


def _added(text: str) -> float:
    scripts, line = "".join(_SCRIPT.findall(text)), _SCRIPT.sub("", text)
    return sum(
        len(sign.findall(line)) * on_the_line + len(sign.findall(scripts)) * in_a_script
        for sign, on_the_line, in_a_script in _SIGNS
    )


@cache
def _parser() -> MathTextParser:
    return MathTextParser("path")


@cache
def _type() -> FontProperties:
    return FontProperties(size=_SIZE)


def _with_its_room(found: re.Match[str]) -> str:
    room = room_of(html.unescape(found[1]))
    if room is None:
        return found[0]
    width, height, depth = room
    style = f"--width: {width:.1f}ex; --height: {height:.1f}ex; --depth: {depth:.1f}ex"
    return found[0].replace(_OPEN, f'{_OPEN[:-1]} style="{style}">', 1)
