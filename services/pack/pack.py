"""Puts the revenue pack on a source: a model over a SELECT that maps its tables, to be read and changed like any other.

The SELECT is the view: it is checked by the SQL guard when it is applied, versioned with the definition, and edited on
the page Metrics.
"""

from collections.abc import Mapping
from pathlib import Path
from string import Template
from types import ModuleType

import sqlglot
from sqlglot import exp

import services.pack.kinds
from core.errors import InvalidError
from core.registry import find_kinds
from metrics.guard import DIALECT
from services.definitions import Applied, apply_definitions
from services.pack.canonical import MONEY, REQUIRED, TABLES, StreamMapping
from services.permitted import permitted
from services.platform import Platform
from services.sync.sources import Source, require_source
from tenants.access import Permission, Principal
from tenants.access.grants import Level


def mapped_kinds() -> dict[str, ModuleType]:
    """The kinds of sources that have a mapping."""
    return find_kinds(services.pack.kinds)


@permitted(Permission.DEFINITION_APPLY)
def draft_pack(platform: Platform, principal: Principal, name: str) -> dict[str, str]:
    """The definitions of the pack over a source's tables, as YAML by file name. Raises InvalidError, ForbiddenError."""
    source = require_source(platform, principal, name, level=Level.EDIT)
    kinds = mapped_kinds()
    if source.kind not in kinds:
        raise InvalidError(
            f"There is no mapping for {source.kind}; there is one for {', '.join(sorted(kinds))}. Write a model with "
            "`sql:` over its tables instead."
        )
    schema = platform.store(principal.tenant).schema()
    mappings: tuple[StreamMapping, ...] = kinds[source.kind].MAPPINGS
    return {
        f"{one.table}.yaml": _render(one, source, _columns(one, source, schema), principal.tenant.currency)
        for one in mappings
    }


def apply_pack(platform: Platform, principal: Principal, name: str) -> Applied:
    """Put the pack of a source in force. Raises ConflictError where there are models of these names already."""
    drafts = draft_pack(platform, principal, name)
    return apply_definitions(platform, principal, drafts, based_on={file.removesuffix(".yaml"): 0 for file in drafts})


def _columns(mapping: StreamMapping, source: Source, schema: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
    choice = source.streams.get(mapping.stream)
    if choice is None or choice.table not in schema:
        raise InvalidError(f"{mapping.stream} of {source.name} was not synced yet. Sync it first, then map it.")
    return frozenset(schema[choice.table])


def _render(mapping: StreamMapping, source: Source, present: frozenset[str], currency: str) -> str:
    columns = [
        exp.alias_(_column(mapping, name, present, currency), name, quoted=True) for name in TABLES[mapping.table]
    ]
    select = exp.select(*columns).from_(exp.table_(source.streams[mapping.stream].table, quoted=True))
    sql = select.sql(DIALECT, pretty=True)
    text = (Path(__file__).parent / f"{mapping.table}.yaml").read_text()
    indented = "\n".join(f"  {line}" for line in sql.splitlines())
    return Template(text).substitute(sql=indented, currency=currency, source=source.name)


def _column(mapping: StreamMapping, name: str, present: frozenset[str], currency: str) -> exp.Expr:
    """A canonical column; empty where the source has nothing of it, unless metrics would be wrong without it."""
    found = _expression(mapping, name, present)
    if found is None:
        if name in REQUIRED[mapping.table]:
            needed = " or ".join(mapping.columns[name])
            raise InvalidError(
                f"{mapping.stream} has no {needed}, which {mapping.table}.{name} is made of. Sync that field, then map."
            )
        found = exp.null()
    money = _expression(mapping, "currency", present) if name in MONEY[mapping.table] else None
    if money is not None:
        same = exp.EQ(this=exp.Upper(this=money), expression=exp.Literal.string(currency))
        is_ours = exp.or_(same, exp.Is(this=money.copy(), expression=exp.null()))
        found = exp.Case(ifs=[exp.If(this=is_ours, true=found)])
    return exp.cast(found, TABLES[mapping.table][name])


def _expression(mapping: StreamMapping, name: str, present: frozenset[str]) -> exp.Expr | None:
    for text in mapping.columns.get(name, ()):
        tree = sqlglot.parse_one(text, dialect=DIALECT)
        if {column.name for column in tree.find_all(exp.Column)} <= present:
            return tree
    return None
