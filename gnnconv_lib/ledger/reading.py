"""Reading a ledger file, with every departure from the schema refused by name.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from gnnconv_lib.ledger.items import Item, Ledger
from gnnconv_lib.validation import InvalidInput

__all__ = ["load", "parse"]

_LISTS = ("uses", "steps")
_FIELDS = tuple(field.name for field in dataclasses.fields(Item))
_REQUIRED = tuple(
    field.name for field in dataclasses.fields(Item) if field.default is dataclasses.MISSING
)


def load(path: str | Path) -> Ledger:
    """The ledger in the YAML file at `path`; the schema is that of `gnnconv_lib.ledger.items`.

    Raises:
        InvalidInput: naming the file or the item, for anything that is not as the schema says.
    """
    try:
        import yaml
    except ImportError as error:  # pragma: no cover - the book's environment has it
        raise InvalidInput("reading a ledger needs PyYAML (pip install pyyaml).") from error

    # The parser in C takes a tenth of the time; not every build of PyYAML has it.
    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """YAML without repeated keys."""

    def mapping(loader: Loader, node: Any) -> dict[str, Any]:
        keys = [loader.construct_object(key) for key, _ in node.value]
        repeated = {key for key in keys if keys.count(key) > 1}
        if repeated:
            line = node.start_mark.line + 1
            raise InvalidInput(f"{path}, line {line}: {min(repeated)} must appear once.")
        return dict(loader.construct_pairs(node, deep=True))

    # `false` is a verdict, not a truth value.
    Loader.yaml_implicit_resolvers = {
        first: [entry for entry in known if entry[0] != "tag:yaml.org,2002:bool"]
        for first, known in Loader.yaml_implicit_resolvers.items()
    }
    Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    try:
        content = yaml.load(Path(path).read_text(encoding="utf-8"), Loader)
    except OSError as error:
        raise InvalidInput(
            f"{path}: the ledger must be a readable file ({error.strerror})."
        ) from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise InvalidInput(f"{path}: the ledger must be valid YAML ({reason}).") from None
    return parse(content)


def parse(content: Any) -> Ledger:
    """The ledger described by nested mappings and lists, as a YAML file holds them.

    >>> entry = {"id": "li2021:eq-1", "kind": "equation", "place": "Section 3",
    ...          "statement": "A row sum.", "page": "models"}
    >>> parse({"paper": "li2021", "items": [entry]}).counts()["pending"]
    1

    Raises:
        InvalidInput: for unknown, missing or ill-typed keys, and what `Item` and `Ledger` refuse.
    """
    if not isinstance(content, dict) or set(content) != {"paper", "items"}:
        raise InvalidInput("a ledger must have the keys paper and items, and no others.")
    if not isinstance(content["paper"], str) or not isinstance(content["items"], list):
        raise InvalidInput("a ledger must have a text under paper and a list under items.")
    items = tuple(_item(entry, place) for place, entry in enumerate(content["items"], start=1))
    return Ledger(content["paper"], items)


def _item(entry: Any, place: int) -> Item:
    if not isinstance(entry, dict):
        raise InvalidInput(f"item {place} must be a mapping, got {type(entry).__name__}.")
    name = entry.get("id", f"item {place}")
    for key in entry:
        if key not in _FIELDS:
            raise InvalidInput(f"{name}: unknown key {key!r}; allowed are {', '.join(_FIELDS)}.")
    for key in _REQUIRED:
        if key not in entry:
            raise InvalidInput(f"{name}: the key {key} is missing.")
    values: dict[str, Any] = {}
    for key, value in entry.items():
        if key in _LISTS:
            if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
                raise InvalidInput(f"{name}: {key} must be a list of names, got {value!r}.")
            values[key] = tuple(value)
        elif not isinstance(value, str):
            raise InvalidInput(f"{name}: {key} must be a text, got {value!r}.")
        else:
            values[key] = value.strip()
    return Item(**values)
