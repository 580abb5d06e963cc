"""Proofs that begin with a list.

Sphinx-proof writes its word before the first line of a proof. Before "1. " that would make a paragraph
of the whole list, so the word gets a line of its own.
"""

from __future__ import annotations

import re

from docutils.nodes import Node
from docutils.statemachine import StringList
from sphinx_proof.directive import ProofDirective

__all__ = ["NumberedProof"]

_LIST = re.compile(r"(1[.)]|[-*+])\s")


class NumberedProof(ProofDirective):
    """The directive `prf:proof`, for proofs whose first line belongs to a list as well."""

    content: StringList

    def run(self) -> list[Node]:
        """The nodes of the proof."""
        if _LIST.match(self.content[0]):
            source, line = self.content.items[0]
            self.content = StringList([""], items=[(source, line)]) + self.content
        nodes: list[Node] = super().run()
        return nodes
