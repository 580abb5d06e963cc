"""Where the code of a claim is shown: one page per module of the audit, one anchor per claim."""

from __future__ import annotations

from gnnconv_lib import audit
from gnnconv_lib.claims import Claim

__all__ = ["FOLDER", "code_address", "place"]

FOLDER = "code"


def code_address(entry: Claim, start: str = "../../") -> str:
    """The address of a claim's code.

    Args:
        entry: the claim.
        start: the way from the page with the link to the top of the pages.
    """
    module, name = entry.source.split(":")
    return f"{start}{FOLDER}/{place(module)}.html#{name}"


def place(module: str) -> str:
    """The path of the page with the code of a module of the audit, without its ending.

    >>> place("gnnconv_lib.audit.awasthi2021.setting")
    'awasthi2021/setting'
    """
    return module.removeprefix(f"{audit.__name__}.").replace(".", "/")
