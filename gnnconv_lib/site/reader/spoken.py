"""Formulas as words, for names that a screen reader speaks."""

from __future__ import annotations

import re

__all__ = ["spoken"]

_FORMULA = re.compile(r"\\\((.*?)\\\)", re.DOTALL)
_PART = r"\s*(?:\{([^{}]*)\}|(\\[A-Za-z]+|[^\s{}\\]))"
_SPELLINGS = (
    (re.compile(r"\\(?:[,;:! ]|(?:left|right|quad|qquad|[bB]igg?[lr]?)(?![A-Za-z]))"), " "),
    (re.compile(rf"\\[dt]?frac{_PART}{_PART}"), r"\1\2 over \3\4"),
    (re.compile(rf"\\sqrt{_PART}"), r"square root of \1\2"),
    (re.compile(r"\^(?:2(?!\d)|\{2\})"), " squared"),
    (re.compile(rf"\^{_PART}"), r" to the \1\2"),
    (re.compile(rf"_{_PART}"), r" \1\2"),
    (re.compile(r"\\le(?:q)?(?![A-Za-z])"), " at most "),
    (re.compile(r"\\ge(?:q)?(?![A-Za-z])"), " at least "),
    (re.compile(r"\\(?:var)?([A-Za-z]+)"), r"\1"),
    (re.compile(r"[{}\\]"), ""),
    (re.compile(r"\s+"), " "),
)


def spoken(text: str) -> str:
    r"""A text whose formulas in TeX, between `\\(` and `\\)`, are words.

    >>> spoken(r"Is it \(1/\varepsilon^2\)? At \(10^{11}\), beyond \(\sqrt n\)")
    'Is it 1/epsilon squared? At 10 to the 11, beyond square root of n'
    """
    return _FORMULA.sub(_as_words, text)


def _as_words(found: re.Match[str]) -> str:
    words = found[1]
    for pattern, spelling in _SPELLINGS:
        words = pattern.sub(spelling, words)
    return words.strip()
