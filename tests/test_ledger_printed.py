"""The formulas that the ledgers show as printed, against those of the second transcription.

Both were written from the texts. A formula of the ledger is cut at its relations and commas; each
piece must stand in a docstring of the second transcription, up to ways of writing the same TeX. Where
the text leaves open how far a root or a fraction reaches, that of a second reading will do.
"""

import inspect
import re
from functools import cache
from pathlib import Path

import pytest

from gnnconv_lib import ledger
from tests.transcription import awasthi2021, li2021

BOOK = Path(__file__).resolve().parents[1] / "book" / "ledger"
PAPERS = {"awasthi2021": awasthi2021, "li2021": li2021}
RELATION = re.compile(r"\\(?:le|ge|sim|in|forall)(?![a-zA-Z])|:=|[=<:,]")
TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\S", re.S)
SILENT = re.compile(r"\\([bB]igg?[lr]?|left|right|[lr]?dots|operatorname|math[a-z]+|cdot)")
SPACE = re.compile(r"\\[, ]")
# Pieces that the second transcription gives in words, in parts, or not at all; a semicolon ends each.
ELSEWHERE = {
    "awasthi2021": r"""
        N(0, I_{r \times r});
        N(0, \sigma^2 I);
        \mathbb{R}^{r \times r};
        1 - \frac{1}{h^2};
        \theta(\sigma\sqrt r);
        [-\frac{1}{100}, 0);
        1 - \frac{\varepsilon}{4hn};
        n^2/(4\pi);
        |\frac{\partial^2L(\alpha, \beta)}{\partial\alpha\beta}|;
        |\frac{\partial^2L(\alpha, \beta)}{\partial\beta\alpha}|;
        \sum_{j=1}^h\frac12\mathbb{E}[(\sum_{i=1}^n\sigma(w_j^\top\bar x_i)
        - \sum_{i=1}^n\sigma({w_j^*}^\top\bar x_i))^2];
        M^k\mu_{\vec x};
        \frac n2\sum_{k=0}^{L-1}\langle\mathrm{vec}(E);
        \mathrm{vec}((M^k)_i \otimes (M^{L-k-1})_j)\rangle;
        [\ell_i, u_i];
        \max_i\frac{1}{\eta_0L^2(d^2+1)\ell_i^{2L-2}}\log(\frac{rLu_i((1-\sigma_i^*)^2)}{\varepsilon});
        \frac n2\|M_T^L - (M^*)^L\|_F^2;
        W_1^* + d_iW_2^*;
        \hat\sigma();
    """,
    "li2021": r"""
        \{\varepsilon_i\}_{i=1}^n;
        \mathbb{R}^{n \times d};
        \mathbb{R}_+^{1 \times n_j};
        \sigma'(D^{-1}AH);
        \|G^W - \bar G^W\|_2;
        \|g^v - \bar g^v\|_2;
        \|W_* - W_t\|_2;
        \|v_* - v_t\|_2;
        \{W : \|W\|_2 = 1, \operatorname{Tr}(W_*^\top W) \ge \operatorname{Tr}(W_*^\top W_0)/2\};
        \{v : \|v-v_*\|_2 \le D, v_*^\top v \ge \rho\};
        \{W_t, v_t\};
    """,
}


def plain(formula):
    """A formula with every argument in braces, no other braces, no blanks, indices before powers."""
    tokens = [
        token for token in TOKEN.findall(SPACE.sub("", formula)) if not SILENT.fullmatch(token)
    ]
    return _joined(tokens, 0, len(tokens))


def _joined(tokens, start, end):
    text = ""
    while start < end:
        scripts = []
        while start < end and tokens[start] in "_^":
            mark = tokens[start]
            content, start = _argument(tokens, start + 1, end)
            scripts.append(f"{mark}{{{content}}}")
        text += "".join(sorted(scripts, reverse=True))
        if scripts:
            continue
        token = tokens[start].replace(r"\tfrac", r"\frac").replace(r"\epsilon", r"\varepsilon")
        count = {r"\frac": 2, r"\sqrt": 1}.get(token, 0)
        if token == "{":
            content, start = _argument(tokens, start, end)
            text += content
            continue
        text, start = text + re.sub(r"^\\(?=max$|min$|log$|ln$)", "", token), start + 1
        for _ in range(count):
            content, start = _argument(tokens, start, end)
            text += f"{{{content}}}"
    return text


def _argument(tokens, start, end):
    """The next argument as text and the place behind it."""
    if start >= end:
        return "", start
    if tokens[start] != "{":
        return _joined(tokens, start, start + 1), start + 1
    depth, place = 1, start + 1
    while place < end and depth:
        depth += (tokens[place] == "{") - (tokens[place] == "}")
        place += 1
    return _joined(tokens, start + 1, place - 1), place


def pieces(formula):
    """The parts of a formula between the relations and commas outside of braces and brackets."""
    formula = SPACE.sub("", formula)
    found, depth, start = [], 0, 0
    for place, letter in enumerate(formula):
        depth += (letter in "{([") - (letter in "})]")
        match = RELATION.match(formula, place)
        if match and depth == 0:
            found.append(formula[start:place])
            start = match.end()
    return [piece for piece in (*found, formula[start:]) if len(plain(piece)) >= 10]


@cache
def transcribed(paper):
    """What the docstrings of the second transcription give as printed."""
    functions = [f for _, f in inspect.getmembers(PAPERS[paper], inspect.isfunction)]
    texts = [re.search("Printed:(.*?)(Reading:|$)", f.__doc__ or "", re.S) for f in functions]
    return [plain(text[1]) for text in texts if text]


def excused(paper):
    return [plain(piece) for piece in ELSEWHERE[paper].split(";") if piece.strip()]


def absent(paper, formulas):
    """The pieces of the formulas, by name of the item, that nobody has transcribed twice."""
    known = transcribed(paper)
    return [
        f"{name}: {piece.strip()}"
        for name, formula in formulas
        for piece in pieces(formula)
        if plain(piece) not in excused(paper) and not any(plain(piece) in text for text in known)
    ]


@cache
def shown(paper):
    items = ledger.load(BOOK / f"{paper}.yml")
    return [(i.id, f) for i in items for f in re.findall(r"\$([^$]*)\$", i.printed or "")]


@pytest.mark.parametrize("paper", PAPERS)
def test_printed_formulas_are_those_of_the_second_transcription(paper):
    assert absent(paper, shown(paper)) == []


@pytest.mark.parametrize("paper", PAPERS)
def test_what_is_excused_is_shown_and_not_transcribed(paper):
    used = {plain(piece) for _, formula in shown(paper) for piece in pieces(formula)}
    known = transcribed(paper)
    assert [piece for piece in excused(paper) if piece not in used] == []
    assert [piece for piece in excused(paper) if any(piece in text for text in known)] == []


@pytest.mark.parametrize(
    ("paper", "item", "old", "new"),
    [
        ("awasthi2021", "awasthi2021:theorem-1", "n^4h^2", "n^3h^2"),
        ("awasthi2021", "awasthi2021:eq-25", r"u_i^{2L-3}", r"u_i^{2L-2}"),
        ("awasthi2021", "awasthi2021:eq-58", "P^2+R^2+Q(P+R)", "Q^2+R^2+Q(P+R)"),
        ("awasthi2021", "awasthi2021:eq-12", r"- (d+1)\|w_j\|", r"+ (d+1)\|w_j\|"),
        ("li2021", "li2021:eq-14", r"L_\sigma^4n_{\max}^2", r"L_\sigma^2n_{\max}^4"),
        ("li2021", "li2021:eq-41", r"d_{\min}^2", r"d_{\min}"),
        (
            "li2021",
            "li2021:eq-46",
            r"\sqrt{\frac{d}{d_{\min}}}\nu",
            r"\sqrt{\frac{d}{d_{\min}}\nu}",
        ),
        ("li2021", "li2021:remark-line-4", r"\bar c^\top a_j^\top", r"\bar c^\top a_j"),
    ],
)
def test_a_changed_formula_is_found(paper, item, old, new):
    formulas = [(name, formula) for name, formula in shown(paper) if name == item]
    changed = [(name, formula.replace(old, new)) for name, formula in formulas]
    assert changed != formulas
    assert absent(paper, formulas) == []
    assert absent(paper, changed) != []
