"""Puts the revenue pack on a source: models over SELECTs that map its tables, to be read and changed like any other.

The SELECT is the view: it is checked by the SQL guard when it is applied, versioned with the definition, and edited on
the page Metrics.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from string import Template
from types import ModuleType

import services.pack.kinds
from core.errors import InvalidError
from core.names import suggestion
from core.registry import find_kinds
from metrics.guard import DIALECT
from services.definitions import Applied, apply_definitions, export_definitions
from services.events.receive import TABLE as EVENTS
from services.pack.canonical import JOINS, StreamMapping
from services.pack.links import LINKS
from services.pack.rates import has_rates
from services.pack.view import Tables, build_view, can_map, filled_columns
from services.permitted import permitted
from services.platform import Platform
from services.sync.sources import require_source
from tenants.access import Permission, Principal
from tenants.access.grants import Level

_CONVERTED = "Amounts are in {currency}, at the rate of their day; what has no rate is left out, and counted."
_LEFT_OUT = "Amounts in another currency than {currency} are left out, and counted."
_MARKED = re.compile(r"^(?P<line>.*?)\s+# (?P<how>with|without) (?P<name>\w+)$")


def mapped_kinds() -> dict[str, ModuleType]:
    """The kinds of sources that have a mapping."""
    return find_kinds(services.pack.kinds)


@permitted(Permission.DEFINITION_APPLY)
def draft_pack(platform: Platform, principal: Principal, name: str, *, only: Collection[str] = ()) -> dict[str, str]:
    """The definitions of the pack over a source's tables, as YAML by file name; `events` are the events in.

    `only` names canonical tables; without it every one that the source has synced is drafted. Raises InvalidError,
    ForbiddenError.
    """
    kind, streams = _streams(platform, principal, name)
    schema = platform.store(principal.tenant).schema()
    tables = Tables(
        names={stream: table for stream, table in streams.items() if table in schema},
        columns={stream: frozenset(schema[table]) for stream, table in streams.items() if table in schema},
        has_rates=has_rates(schema),
    )
    mappings = _mappings(kind, streams, only)
    if LINKS in schema and "accounts" not in {mapping.table for mapping in mappings}:
        tables = replace(tables, linked_as=name)
    for mapping in mappings:
        if mapping.stream not in tables.names:
            raise InvalidError(f"{mapping.stream} of {name} was not synced yet. Sync it first, then map it.")
    grouped: dict[str, list[StreamMapping]] = {}
    for mapping in (one for one in mappings if not one.is_optional or can_map(one, tables)):
        grouped.setdefault(mapping.table, []).append(mapping)
    mapped = {*grouped, *(_models(platform, principal, ["accounts"]) if tables.linked_as else ())}
    return {
        f"{table}.yaml": _render(parts, tables, mapped, principal.tenant.currency, name)
        for table, parts in grouped.items()
    }


def apply_pack(
    platform: Platform, principal: Principal, name: str, *, only: Collection[str] = (), replaces: bool = False
) -> Applied:
    """Put the pack of a source in force. Models of these names that are there stay as they are, or are replaced.

    Raises ConflictError where all of them are there and none is to be replaced.
    """
    if replaces:
        return apply_definitions(platform, principal, draft_pack(platform, principal, name, only=only))
    there = _models(platform, principal)
    drafted = {file.removesuffix(".yaml") for file in draft_pack(platform, principal, name, only=only)}
    # Those that are left out are no part of the others' joins either: another source's keys are not these.
    drafts = draft_pack(platform, principal, name, only=drafted - there or drafted)
    return apply_definitions(platform, principal, drafts, based_on={file.removesuffix(".yaml"): 0 for file in drafts})


def _models(platform: Platform, principal: Principal, only: Collection[str] = ()) -> set[str]:
    """The models in force."""
    found = {document.name for document in export_definitions(platform, principal)}
    return found & set(only) if only else found


def _streams(platform: Platform, principal: Principal, name: str) -> tuple[str, Mapping[str, str]]:
    """The kind of a source, and the tables of its streams."""
    if name == EVENTS:
        return EVENTS, {EVENTS: EVENTS}
    source = require_source(platform, principal, name, level=Level.EDIT)
    kinds = mapped_kinds()
    if source.kind not in kinds:
        raise InvalidError(
            f"There is no mapping for {source.kind}; there is one for {', '.join(sorted(kinds))}. Write a model with "
            "`sql:` over its tables instead."
        )
    return source.kind, {stream: choice.table for stream, choice in source.streams.items()}


def _mappings(kind: str, streams: Collection[str], only: Collection[str]) -> list[StreamMapping]:
    """The mappings of the streams that are synced. Raises InvalidError where there is none, or none of that name."""
    every: tuple[StreamMapping, ...] = mapped_kinds()[kind].MAPPINGS
    tables = {mapping.table for mapping in every}
    for table in only:
        if table not in tables:
            raise InvalidError(f"{kind} has no mapping to {table!r}. {suggestion(table, tables)}")
    found = [one for one in every if one.stream in streams and (not only or one.table in only)]
    if not found:
        wanted = ", ".join(sorted({one.stream for one in every if not only or one.table in only}))
        raise InvalidError(f"None of the streams that are mapped is synced: {wanted}. Sync one of them first.")
    return found


def _render(parts: Sequence[StreamMapping], tables: Tables, mapped: Collection[str], currency: str, source: str) -> str:
    table = parts[0].table
    sql = build_view(parts, tables, currency).sql(DIALECT, pretty=True)
    joins = "".join(
        f"  - {{to: {other}, on: {{{column}: {column}}}}}\n"
        for other, column in JOINS.get(table, {}).items()
        if other in mapped
    )
    text = (Path(__file__).parent / "models" / f"{table}.yaml").read_text()
    return Template(_chosen(text, {*mapped, *filled_columns(parts, tables)})).substitute(
        sql="\n".join(f"  {line}" for line in sql.splitlines()),
        joins=f"joins:\n{joins}" if joins else "",
        currency=currency,
        conversion=(_CONVERTED if tables.has_rates else _LEFT_OUT).format(currency=currency),
        source=source,
    )


def _chosen(text: str, there: Collection[str]) -> str:
    """The lines of a template, without those that are for a table or column that is not there, or that is."""
    lines = []
    for line in text.splitlines():
        found = _MARKED.match(line)
        if found is None:
            lines.append(line)
        elif (found["name"] in there) == (found["how"] == "with"):
            lines.append(found["line"])
    return "\n".join(lines) + "\n"
