"""Changes of SCIM (RFC 7644, 3.5.2) as a list of what is set, added and removed, as directories really write them.

Microsoft Entra writes `Replace` and `"False"`; Okta sends a value without a path.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from services.scim.errors import ScimInvalid

_OPERATIONS = frozenset({"add", "remove", "replace"})
_SELECTED = re.compile(r'(?P<name>\w+)\[\s*\w+\s+eq\s+"?(?P<value>[^"\]]*)"?\s*\](?:\.(?P<part>\w+))?', re.IGNORECASE)
_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: `name` is the attribute in lower case, `selected` the value in brackets of its path."""

    operation: str
    name: str
    value: object = None
    selected: str | None = None


def read_patch(body: Mapping[str, object]) -> list[Change]:
    """The changes of a PATCH body, in order. Raises ScimInvalid."""
    operations = next((value for name, value in body.items() if name.lower() == "operations"), None)
    if not isinstance(operations, list) or not operations or len(operations) > _MOST:
        raise ScimInvalid(f"A change holds 1 to {_MOST} Operations.", "invalidSyntax")
    return [change for one in operations for change in _changes(one)]


def read_truth(value: object) -> bool:
    """A truth value, also written as text. Raises ScimInvalid."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise ScimInvalid(f"{value!r} is not true or false.")


def _changes(operation: object) -> Iterator[Change]:
    if not isinstance(operation, dict):
        raise ScimInvalid("An operation is an object.", "invalidSyntax")
    name = str(operation.get("op", "")).lower()
    if name not in _OPERATIONS:
        raise ScimInvalid(f"{operation.get('op')!r} is not an operation. Known: add, remove, replace.", "invalidSyntax")
    path, value = operation.get("path"), operation.get("value")
    if path is None:
        if name == "remove" or not isinstance(value, dict):
            raise ScimInvalid("Without a path, an operation adds or replaces an object of attributes.", "noTarget")
        for attribute, inner in cast(dict[str, object], value).items():
            yield from _flat(name, _plain(str(attribute)), inner)
        return
    selected = _SELECTED.fullmatch(_plain(str(path)))
    if selected:
        attribute = selected["name"] + (f".{selected['part']}" if selected["part"] else "")
        yield Change(operation=name, name=attribute.lower(), value=value, selected=selected["value"])
    else:
        yield from _flat(name, _plain(str(path)), value)


def _flat(operation: str, name: str, value: object) -> Iterator[Change]:
    """An attribute, or the parts of one that is an object, such as `name`."""
    if isinstance(value, dict) and name.lower() == "name":
        for part, inner in cast(dict[str, object], value).items():
            yield Change(operation=operation, name=f"name.{part.lower()}", value=inner)
    else:
        yield Change(operation=operation, name=name.lower(), value=value)


def _plain(path: str) -> str:
    """A path without the schema in front of it."""
    schema, colon, attribute = path.rpartition(":")
    return path if "enterprise" in schema.lower() else (attribute if colon else path)
