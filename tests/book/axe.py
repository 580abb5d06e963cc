"""What axe-core says of a page in a browser: on a wide screen in both themes, on a phone in the light one.

Formulas are left as TeX: the rules would spend minutes on what MathJax draws. The contrast of a text
follows from its colour, its size and the grounds below it, so one text is measured for each such
combination of the book, not each of 100 000.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import chromium
from selenium import webdriver

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
# Some texts cannot be measured, such as one letter, or one on a pattern: another may be.
TRIALS = 3

# What is folded is read too; of the ledger, whose items are made alike, the first forty.
UNFOLD = """
[...document.querySelectorAll('.bd-article details')].slice(0, 40).forEach(box => { box.open = true; });
"""

# The colours of code are a matter of contrast alone, and most of what a page consists of.
PLAIN_CODE = """
document.querySelectorAll('.highlight pre').forEach(code => { code.textContent = code.textContent; });
"""

# The theme looks 300 ms after the last change of width for what scrolls, and makes it a tab stop.
THEME_SETTLED = "setTimeout(arguments[0], 350);"

RULES = """
const [options, done] = arguments;
axe.run({exclude: [['.math']]}, {resultTypes: ['violations'], ...options}).then(
  found => done(found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${node.target.join(' ')} ${node.html.slice(0, 100)}`))),
  error => done([`axe failed: ${error}`]));
"""

# One text for each way of drawing that is not among the known ones, and which of them were decided.
CONTRAST = r"""
const [known, done] = arguments;
const seen = new Set(known);
const grounds = new Map();
const ground = element => {
  if (!element) return '';
  if (!grounds.has(element)) {
    const style = getComputedStyle(element);
    const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter].join(' ');
    const plain = own === 'rgba(0, 0, 0, 0) none 1 none';
    grounds.set(element, (plain ? '' : own + '|') + ground(element.parentElement));
  }
  return grounds.get(element);
};
const samples = new Map();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || element.closest('.math, script, style, noscript')) continue;
  const style = getComputedStyle(element);
  const key = [style.color, style.fontSize, style.fontWeight, ground(element)].join(' ');
  if (seen.has(key) || !element.checkVisibility({visibilityProperty: true})) continue;
  seen.add(key);
  samples.set(element, key);
}
if (!samples.size) {
  done([[], [], []]);
} else {
  axe.run({include: [...samples.keys()]}, {runOnly: ['color-contrast'], elementRef: true}).then(
    found => {
      const elements = rules => rules.flatMap(rule => rule.nodes);
      const decided = [...elements(found.violations), ...elements(found.passes)];
      done([
        decided.map(node => samples.get(node.element)).filter(Boolean),
        [...samples.values()],
        elements(found.violations).map(node => `contrast: ${node.target.join(' ')} `
          + node.any.map(check => check.message).join(' '))]);
    },
    error => done([[], [], [`axe failed: ${error}`]]));
}
"""


class Reader:
    """A browser that reads pages by the rules, and remembers which ways of drawing it has measured."""

    def __init__(self, browser: webdriver.Chrome, packages: Path) -> None:
        self.browser = browser
        self.program = (packages / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
        self.measured: set[str] = set()
        self.tried: Counter[str] = Counter()
        browser.execute_cdp_cmd("Network.enable", {})
        browser.set_script_timeout(120)

    def read(self, address: str, phone: bool = True) -> list[str]:
        """The faults of a page; on a phone by all rules, or by those alone that a width decides."""
        self.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/mathjax/*"]})
        try:
            return self._read(address, phone)
        finally:
            self.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
            chromium.set_width(self.browser, chromium.WIDE)

    def _read(self, address: str, phone: bool) -> list[str]:
        chromium.set_width(self.browser, chromium.WIDE)
        self.browser.get(address)
        for script in (self.program, chromium.STILL, UNFOLD):
            self.browser.execute_script(script)
        everything = {
            "runOnly": {"type": "tag", "values": TAGS},
            "rules": {"color-contrast": {"enabled": False}},
        }
        found = self._contrast(chromium.LIGHT) + self._contrast(chromium.DARK)
        self.browser.execute_script(PLAIN_CODE)
        found += self._rules(everything)
        chromium.set_width(self.browser, chromium.PHONE)
        self.browser.execute_async_script(chromium.SETTLED)
        found += self._contrast(chromium.LIGHT)
        self.browser.execute_async_script(THEME_SETTLED)
        narrow = everything if phone else {"runOnly": ["scrollable-region-focusable"]}
        return found + [f"phone: {fault}" for fault in self._rules(narrow)]

    def _rules(self, options: dict[str, Any]) -> list[str]:
        found: list[str] = self.browser.execute_async_script(RULES, options)
        return found

    def _contrast(self, theme: str) -> list[str]:
        self.browser.execute_script(theme)
        hopeless = {key for key, times in self.tried.items() if times >= TRIALS}
        known = sorted(self.measured | hopeless)
        decided, tried, found = self.browser.execute_async_script(CONTRAST, known)
        self.measured |= set(decided)
        self.tried.update(tried)
        return [str(fault) for fault in found]
