"""References of a cell to others: `{{ region }}` is the value of an input, `{{ deals.owner }}` a column of a cell.

A reference is put in as a value, never as text: into a filter as a literal of the filter language, into SQL as a bound
value, into prose as plain text.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.errors import RefusedError
from metrics.filter_tokens import read_tokens

Value = str | int | float | Decimal | dt.date | None

_REFERENCE = re.compile(r"\{\{\s*([a-z_][a-z0-9_]*)(?:\s*\.\s*([^\W\d]\w*))?\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a text refers to; `column` is empty where the whole cell, an input, is meant."""

    cell: str
    column: str = ""

    def __str__(self) -> str:
        return f"{self.cell}.{self.column}" if self.column else self.cell


def find_references(text: str) -> tuple[Reference, ...]:
    """The different references of a text, in order.

    >>> [str(one) for one in find_references("{{ region }} and {{deals.owner}}, {{ region }}")]
    ['region', 'deals.owner']
    """
    return tuple(dict.fromkeys(reference for _, reference in _split(text) if reference is not None))


def replace_references(text: str, put: Callable[[Reference, str], str]) -> str:
    """The text with `put(reference, text before it)` in the place of each reference."""
    parts: list[str] = []
    for literal, reference in _split(text):
        parts.append(literal)
        if reference is not None:
            parts.append(put(reference, "".join(parts)))
    return "".join(parts)


def rename_reference(text: str, old: str, new: str) -> str:
    """The text with references to the cell `old` made references to `new`.

    >>> rename_reference("{{ a.x }} of {{ b }}", "a", "c")
    '{{ c.x }} of {{ b }}'
    """

    def put(reference: Reference, _before: str) -> str:
        named = Reference(cell=new if reference.cell == old else reference.cell, column=reference.column)
        return f"{{{{ {named} }}}}"

    return replace_references(text, put)


def fill_filter(text: str, values_of: Callable[[Reference], Sequence[Value]]) -> str:
    """Filter text with literals in the place of references.

    A condition joined by AND whose reference has no value does not restrict anything: it is left out. Raises
    RefusedError where several values stand in the place of one.
    """
    references = find_references(text)
    if not references:
        return text
    prefix = free_name(text)
    known = {f"{prefix}{index}": (one, values_of(one)) for index, one in enumerate(references)}
    named = replace_references(text, lambda one, _: f"{prefix}{references.index(one)}")
    place = re.compile(rf"\b{prefix}\d+\b")

    def put(match: re.Match[str]) -> str:
        reference, values = known[match[0]]
        return ", ".join(_literal(value) for value in require_values(reference, values, match.string[: match.start()]))

    conditions = [part for part in _conditions(named) if not _is_open(place.findall(part), known)]
    return " AND ".join(place.sub(put, part) for part in conditions)


def free_name(text: str) -> str:
    """A beginning of names that a text does not have."""
    name = "value_"
    while name in text.casefold():
        name = f"_{name}"
    return name


def require_values(reference: Reference, values: Sequence[Value], before: str) -> Sequence[Value]:
    """The values a reference stands for: any number in a list, otherwise one. Raises RefusedError."""
    if not values:
        raise RefusedError(f"{reference} has no rows, so there is nothing to compare with.")
    if len(values) > 1 and not before.rstrip().endswith("("):
        raise RefusedError(f"{reference} has {len(values):,} values; write IN ({{{{ {reference} }}}}).")
    return values


def _is_open(names: Sequence[str], known: Mapping[str, tuple[Reference, Sequence[Value]]]) -> bool:
    return any(tuple(known[name][1]) == (None,) for name in names)


def _conditions(text: str) -> list[str]:
    """The parts of a filter that AND joins at its top; the whole where there is an OR beside them."""
    depth, is_within, cuts = 0, False, [0]
    for token in read_tokens(text):
        word = token.folded
        depth += (word == "(") - (word == ")")
        if depth:
            continue
        if word == "or":
            return [text]
        if word == "and" and not is_within:
            cuts += [token.position, token.position + len(token.text)]
        # The AND of BETWEEN joins its two values.
        is_within = word == "between" or (is_within and word != "and")
    cuts.append(len(text))
    return [text[start:end].strip() for start, end in zip(cuts[::2], cuts[1::2], strict=True)]


def _literal(value: Value) -> str:
    """A value as the filter language writes it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    return "'" + text.replace("'", "''") + "'"


def _split(text: str) -> Iterator[tuple[str, Reference | None]]:
    """Pairs of plain text and the reference behind it; the last has none."""
    start = 0
    for match in _REFERENCE.finditer(text):
        yield text[start : match.start()], Reference(cell=match[1], column=match[2] or "")
        start = match.end()
    yield text[start:], None
