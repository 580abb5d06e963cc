"""HTML elements as nodes of a page, with text that holds formulas.

Sphinx has no node for a row header, a caption beside a `colgroup`, or `details`; `element` makes
one. Formulas inside of what is closed at first are typeset when it is opened: they carry the class
`math-later`, which `later-formulas.js` looks for.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes

from gnnconv_lib import ledger

__all__ = [
    "LEDGER_PAGE",
    "NO_PROSE",
    "PAPERS",
    "as_html",
    "chip",
    "depart_html",
    "element",
    "html_element",
    "ledger_link",
    "powers_of_ten",
    "relative",
    "stands_in",
    "typeset_later",
    "visit_html",
    "words",
]

LEDGER_PAGE = "book/back/ledger"
#: What the ledgers are of.
PAPERS = {
    "awasthi2021": "Awasthi, Das, Gollapudi 2021",
    "li2021": "Li, Zou, Zhong 2021",
    "companion": "This book",
}
#: Nodes of a page whose text is no prose, and titles.
NO_PROSE = (
    nodes.FixedTextElement,
    nodes.Invisible,
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.title,
    addnodes.pending_xref,
)
_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eta": "η", "theta": "θ", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "rho": "ρ", "sigma": "σ", "eps": "ε", "pi": "π", "tau": "τ", "xi": "ξ",
    "epsilon": "ε",
}  # fmt: skip
_SYMBOLS = {"<=": "≤", ">=": "≥", "infinity": "∞", "sqrt": "√"}
_TEN = r"(?P<mantissa>(?<![\w.])\d(?:\.\d+)?)e(?P<ten>[+-]?\d+)\b"
# What plain text writes of a formula: a power of ten, a star, an index, an exponent, a transpose, a
# logarithm, a comparison, a root, a minus; and the short names of the papers.
_PARTS = re.compile(
    rf"{_TEN}|(?<![\w.])(?P<starred>[A-Za-zα-ω]|{'|'.join(_GREEK)})_star(?![\w`])"
    rf"|(?<![\w.])(?P<base>[A-Za-zα-ωāΞΣΦℓ]|{'|'.join(_GREEK)})_(?P<index>(?:[A-Za-z0-9]{{1,3}}|{'|'.join(_GREEK)})(?![A-Za-z0-9_])|{{[^}}]*}})"
    r"|(?<=[\w)|*])\^(?P<power>-?\d+|{[^}]*}|\([^()]*\)|-?[A-Za-z](?![\w(]))"
    r"|(?<=[*\d])(?P<transposed>')(?=\s?[A-Z]|[a-z][_*])"
    r"|\b(?P<log>log10)\b"
    rf"|(?<![\w.`])(?P<letter>{'|'.join(_GREEK)})(?![\w`])"
    r"|(?P<symbol><=|>=|\binfinity\b|\bsqrt(?=\())"
    r"|(?P<minus>(?<![^\s(\[{=,|+≤≥<>])-(?=[\dα-ωℓ√∞]|infinity)|(?<=[\w)*|\]²]) - (?=[\w(|√]))"
    r"|(?<![\w:/-])(?P<paper>awasthi2021|li2021|^companion$)(?![\w:/-])"
)
_POWERS_OF_TEN = re.compile(_TEN)


class html_element(nodes.General, nodes.Element):
    """An HTML element: `node["tag"]`, its attributes in `node["html"]`, its children."""

    child_text_separator = ""


def element(tag: str, *children: nodes.Node | str, **attributes: str) -> html_element:
    """An element with children; a text child is shown as it is.

    Args:
        tag: the name of the element.
        children: nodes and texts.
        attributes: HTML attributes; `class_` is the class, `data_paper` the attribute `data-paper`.

    >>> element("b", "two").astext()
    'two'
    """
    made = html_element()
    made["tag"] = tag
    made["html"] = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    for child in children:
        made += nodes.Text(child) if isinstance(child, str) else child
    return made


def visit_html(writer: Any, node: html_element) -> None:
    """The opening tag."""
    attributes = "".join(
        f' {name}="{writer.attval(value)}"' for name, value in node["html"].items()
    )
    writer.body.append(f"<{node['tag']}{attributes}>")


def depart_html(writer: Any, node: html_element) -> None:
    """The closing tag, where the element has one."""
    if node["tag"] not in ("col", "input", "wbr"):
        writer.body.append(f"</{node['tag']}>")


def chip(verdict: str, strength: str = "") -> html_element:
    """A verdict in its frame, with the strength of the evidence behind it.

    >>> chip("false", "search").astext()
    '✗ false search'
    """
    text, classes = ledger.BADGES[verdict]
    framed = element("span", text, class_=f"verdict {classes}")
    if not strength:
        return element("span", framed, class_="chip")
    kind = element("span", strength, class_=f"strength strength-{strength.replace(' ', '-')}")
    return element("span", framed, " ", kind, class_="chip")


def relative(start: str, target: str) -> str:
    """The address of a page, or of another file of the pages, from the page `start`.

    >>> relative("book/li2021/convergence", "book/back/ledger.html")
    '../back/ledger.html'
    """
    return posixpath.relpath(target, posixpath.dirname(start) or ".")


def ledger_link(start: str, item: ledger.Item, text: str = "", **attributes: str) -> html_element:
    """A link from the page `start` to an item of the ledger."""
    address = f"{relative(start, LEDGER_PAGE + '.html')}#{item.anchor}"
    return element("a", *words(text or item.short_heading), href=address, **attributes)


def stands_in(node: nodes.Node, kinds: tuple[type, ...], tags: tuple[str, ...] = ()) -> bool:
    """Whether a node stands inside of a node of one of these kinds, or of an element with such a tag."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, kinds) or (isinstance(node, html_element) and node["tag"] in tags):
            return True
    return False


def words(text: str) -> list[nodes.Node]:
    """Plain text with its formulas set: `$...$`, powers of ten, indices, exponents, Greek letters.

    >>> "".join(node.astext() for node in words("w_0 <= 1e-12"))
    'w0 ≤ 10−12'
    """
    made: list[nodes.Node] = []
    for place, part in enumerate(text.split("$")):
        if place % 2:
            made.append(nodes.math(part, part))
        else:
            made += _plain(part)
    return made


def as_html(text: str) -> str:
    """Plain text without `$` as HTML, its formulas set as by `words`.

    >>> as_html("d = sqrt(n) & 1/eps^2")
    'd = √(n) &amp; 1/<em>ε</em><sup>2</sup>'
    """
    tags = {"emphasis": "em", "subscript": "sub", "superscript": "sup"}
    made = ""
    for node in words(text):
        shown, tag = html.escape(node.astext(), quote=False), tags.get(node.tagname)
        made += f"<{tag}>{shown}</{tag}>" if tag else shown
    return made


def powers_of_ten(text: str) -> list[nodes.Node]:
    r"""Plain text with its powers of ten set, and nothing else.

    >>> "".join(node.astext() for node in powers_of_ten("4e+11 times alpha"))
    '4\xa0·\xa01011 times alpha'
    """
    return list(_plain(text, _POWERS_OF_TEN))


def _plain(text: str, parts: re.Pattern[str] = _PARTS) -> Iterator[nodes.Node]:
    start = 0
    for found in parts.finditer(text):
        if found.start() > start:
            yield nodes.Text(text[start : found.start()])
        start = found.end()
        if found["ten"]:
            exponent = str(int(found["ten"])).replace("-", "−")
            lead = "10" if found["mantissa"] == "1" else f"{found['mantissa']}\u00a0·\u00a010"
            yield nodes.Text(lead)
            yield nodes.superscript("", exponent)
        elif found["paper"]:
            yield nodes.Text(PAPERS[found["paper"]])
        elif found["starred"]:
            yield nodes.emphasis("", _GREEK.get(found["starred"], found["starred"]))
            yield nodes.Text("*")
        elif found["base"]:
            base = found["base"]
            yield nodes.emphasis("", _GREEK.get(base, base))
            index = found["index"].strip("{}")
            yield nodes.subscript("", _GREEK.get(index, index))
        elif found["letter"]:
            yield nodes.emphasis("", _GREEK[found["letter"]])
        elif found["power"]:
            yield nodes.superscript("", found["power"].strip("{}()").replace("-", "−"))
        elif found["transposed"]:
            yield nodes.superscript("", "⊤")
        elif found["log"]:
            yield nodes.Text("log")
            yield nodes.subscript("", "10")
        elif found["minus"]:
            yield nodes.Text(found["minus"].replace("-", "−"))
        else:
            yield nodes.Text(_SYMBOLS[found["symbol"]])
    if start < len(text):
        yield nodes.Text(text[start:])


def typeset_later(node: nodes.Element) -> None:
    """Replace the formulas below a node by such as are typeset when a reader opens them."""
    for formula in list(node.findall(nodes.math)):
        text = rf"\({formula.astext()}\)"
        formula.replace_self(element("span", text, class_="math-later notranslate"))
    for block in list(node.findall(nodes.math_block)):
        text = rf"\[{block.astext()}\]"
        block.replace_self(element("div", text, class_="math-later notranslate"))
