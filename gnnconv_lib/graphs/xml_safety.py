"""A look at XML before any library parses it for real.

Entity bombs and external references both need a document type declaration, and a graph file has
no use for one. So the file is run through expat once, and refused at the first sign of it.
"""

from __future__ import annotations

from typing import Any, NoReturn
from xml.parsers import expat

from gnnconv_lib.validation import InvalidInput

__all__ = ["require_plain_xml"]

_DEEPEST = 100


class _Refused(Exception):
    """Raised inside of expat's callbacks, with the reason."""


def require_plain_xml(content: bytes, name: str) -> None:
    """Nothing, if `content` is well-formed XML without a document type and not nested too deeply.

    Raises:
        InvalidInput: otherwise; nothing has been expanded or fetched by then.

    >>> require_plain_xml(b"<graphml/>", "g.graphml")
    >>> require_plain_xml(b"<!DOCTYPE g [<!ENTITY a 'b'>]><g>&a;</g>", "g.graphml")
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: 'g.graphml' must be plain XML, but it declares a \
document type.
    """
    parser = expat.ParserCreate()
    depth = 0

    def refuse_type(*_: Any) -> None:
        raise _Refused("it declares a document type")

    def refuse_entity(*_: Any) -> NoReturn:
        raise _Refused("it declares or uses an entity")

    def enter(*_: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _Refused(f"its elements are nested more than {_DEEPEST} deep")

    def leave(*_: Any) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse_type
    parser.EntityDeclHandler = refuse_entity
    parser.ExternalEntityRefHandler = refuse_entity
    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    try:
        parser.Parse(content, True)
    except _Refused as reason:
        raise InvalidInput(f"'{name}' must be plain XML, but {reason}.") from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise InvalidInput(f"'{name}' must be well-formed XML, but expat says: {error}.") from None
