"""What a search of the pages finds: statements of the ledger, the public library, no inner modules."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx.domains import Domain, ObjType
from sphinx.domains.python import PythonDomain

from gnnconv_lib.site.reader.elements import LEDGER_PAGE, PAPERS
from gnnconv_lib.site.reader.statements import statements

__all__ = ["INNER", "PublicPython", "Statements", "is_inner"]

# How the book is made and checked, not what a reader calls.
INNER = (
    "audit",
    "chapters",
    "claims",
    "cli",
    "extras",
    "page",
    "plotting",
    "proofs",
    "provenance",
    "site",
)
_HIDDEN = -1


class Statements(Domain):
    """The statements of both papers, and the book's own theorems, as objects of the search."""

    name = "statement"
    label = "Statements"
    object_types = {"item": ObjType("statement")}  # noqa: RUF012 - as Sphinx declares it

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Name, shown name, type, page, anchor and weight of each."""
        if LEDGER_PAGE in self.env.found_docs:
            for item in statements(self.env.srcdir).values():
                name = f"{item.heading.replace('.', '')} ({PAPERS[item.paper]})"
                yield name, name, "item", LEDGER_PAGE, item.anchor, 0

    def get_type_name(self, type: ObjType, primary: bool = False) -> str:
        """What stands beside a found name: "statement", not "Statements statement"."""
        return str(type.lname)

    def merge_domaindata(self, docnames: list[str], otherdata: dict[str, object]) -> None:
        """Nothing is kept."""


class PublicPython(PythonDomain):
    """The Python domain, whose inner modules can be linked to and are not found by a search."""

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """As the Python domain has them, with the weight of inner names changed."""
        for name, shown, kind, page, anchor, weight in super().get_objects():
            yield name, shown, kind, page, anchor, _HIDDEN if is_inner(name) else weight


def is_inner(name: str) -> bool:
    """Whether a full name belongs to a module that is no part of the public library.

    >>> is_inner("gnnconv_lib.audit.run"), is_inner("gnnconv_lib.relu_gnn.loss")
    (True, False)
    """
    parts = name.split(".")
    return len(parts) > 1 and (parts[1] in INNER or parts[1].startswith("plotting_"))
