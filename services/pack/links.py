"""Accounts of a source that were merged into another source's: they lead to the account that stays."""

import sqlglot
from sqlglot import exp

from metrics.guard import DIALECT
from services.pack.canonical import TABLES

LINKS = "account_links"
# An account that is not merged must not meet one of the same number in another source.
_KEPT = "CASE WHEN mapped.account_id IS NULL THEN NULL ELSE coalesce(links.kept_id, {source} || mapped.account_id) END"


def linked(query: exp.Query, table: str, source: str) -> exp.Query:
    """The rows of a canonical table with the accounts that stay in the place of those that were merged."""
    prefix = exp.Literal.string(f"{source}:").sql(DIALECT)
    kept = sqlglot.parse_one(_KEPT.format(source=prefix), dialect=DIALECT)
    columns = [
        exp.alias_(kept, name, quoted=True)
        if name == "account_id"
        else exp.column(exp.to_identifier(name, quoted=True), "mapped")
        for name in TABLES[table]
    ]
    same = exp.and_(
        exp.EQ(this=exp.column("source", "links"), expression=exp.Literal.string(source)),
        exp.EQ(this=exp.column("decision", "links"), expression=exp.Literal.string("same")),
        exp.EQ(this=exp.column("account_id", "links"), expression=exp.column("account_id", "mapped")),
    )
    links = exp.alias_(exp.table_(LINKS, quoted=True), "links", table=True)
    mapped = exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier("mapped")))
    return exp.select(*columns).from_(mapped).join(links, on=same, join_type="left")
