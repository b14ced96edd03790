"""Which accounts of two sources may be one: of the same web domain, the same name, or names that are much alike.

Names are compared without case, accents, punctuation and legal forms, by Jaro-Winkler similarity (Winkler 1990) as the
engine computes it. Domains of mail providers tell nothing.
"""

from dataclasses import dataclass
from typing import cast

import pyarrow as pa
from sqlglot import exp

from core.errors import InvalidError
from metrics.guard import DIALECT
from services.accounts.links import Decision, Pair, read_links, require_all_rows
from services.pack.canonical import StreamMapping
from services.pack.pack import mapped_kinds
from services.pack.view import Tables, build_view, can_map
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view
from services.sync.sources import Source, list_sources
from tenants.access import Permission, Principal

_MOST = 500
# Customers of a billing system are merged into accounts of a CRM, not the other way.
_BILLING = ("stripe",)
_MATCHES = """
WITH told AS (
    SELECT source, place, account_id, name,
        nullif(split_part(split_part(
            regexp_replace(lower(trim(domain)), '^(https?://)?(www\\.)?', ''), '/', 1), ':', 1), '') AS domain,
        trim(regexp_replace(regexp_replace(regexp_replace(strip_accents(replace(lower(coalesce(name, '')), 'ß', 'ss')),
            '[^a-z0-9]+', ' ', 'g'),
            '\\b(inc|incorporated|ltd|limited|llc|plc|gmbh|ag|sa|sas|sarl|bv|nv|ab|oy|aps|corp|corporation|co|company|kg|srl|spa|pty)\\b',
            ' ', 'g'), ' +', ' ', 'g')) AS plain
    FROM known
), clean AS (
    SELECT source, place, account_id, name, plain,
        CASE WHEN domain NOT IN ('gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'yahoo.com',
            'icloud.com', 'me.com', 'aol.com', 'gmx.de', 'gmx.net', 'web.de', 'proton.me', 'protonmail.com')
            THEN domain END AS domain
    FROM told
), near AS (
    SELECT kept.source AS kept_source, kept.account_id AS kept_id, other.source, other.account_id
    FROM clean AS kept JOIN clean AS other ON kept.domain = other.domain AND kept.place < other.place
    UNION
    SELECT kept.source, kept.account_id, other.source, other.account_id
    FROM clean AS kept JOIN clean AS other
        ON left(kept.plain, 4) = left(other.plain, 4) AND kept.plain <> '' AND kept.place < other.place
        AND jaro_winkler_similarity(kept.plain, other.plain) >= 0.93
)
SELECT near.source, near.account_id, near.kept_source, near.kept_id, other.name AS name, kept.name AS kept_name,
    other.domain AS domain, kept.domain AS kept_domain,
    coalesce(kept.domain = other.domain, false) AS has_same_domain,
    kept.plain <> '' AND kept.plain = other.plain AS has_same_name,
    kept.domain <> other.domain IS TRUE AS has_other_domain,
    jaro_winkler_similarity(kept.plain, other.plain) AS likeness
FROM near
JOIN clean AS kept ON kept.source = near.kept_source AND kept.account_id = near.kept_id
JOIN clean AS other ON other.source = near.source AND other.account_id = near.account_id
ORDER BY has_same_domain DESC, has_same_name DESC, has_other_domain, likeness DESC, near.source, near.account_id,
    near.kept_source, near.kept_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Two accounts that may be one. It is certain where domain and name are the same, and no other account fits too.

    `likeness` of the names is from 0 to 1.
    """

    pair: Pair
    name: str
    kept_name: str
    reason: str
    likeness: float
    is_certain: bool


@permitted(Permission.SOURCE_CONFIGURE)
def review_accounts(platform: Platform, principal: Principal) -> list[Candidate]:
    """Pairs of which nothing was decided, the surest first; at most 500. Raises InvalidError where no two sources have
    accounts.
    """
    require_all_rows(find_view(platform, principal))
    known = _read_accounts(platform, principal)
    rows, _ = platform.store(principal.tenant).query(_MATCHES, tables={"known": known})
    decided = {link.pair for link in read_links(platform, principal.tenant)}
    merged = {
        (link.pair.source, link.pair.account_id)
        for link in read_links(platform, principal.tenant)
        if link.decision is Decision.SAME
    }
    found = [row for row in rows.to_pylist() if (str(row["source"]), str(row["account_id"])) not in merged]
    taken: dict[tuple[str, str], int] = {}
    for row in found:
        for end in _ends(row) if row["has_same_domain"] and row["has_same_name"] else ():
            taken[end] = taken.get(end, 0) + 1
    candidates = [_candidate(row, is_alone=all(taken.get(end) == 1 for end in _ends(row))) for row in found]
    return [one for one in candidates if one.pair not in decided][:_MOST]


def _ends(row: dict[str, object]) -> tuple[tuple[str, str], tuple[str, str]]:
    return (str(row["source"]), str(row["account_id"])), (str(row["kept_source"]), str(row["kept_id"]))


def _candidate(row: dict[str, object], *, is_alone: bool) -> Candidate:
    (source, account), (kept_source, kept) = _ends(row)
    has_name, has_domain = bool(row["has_same_name"]), bool(row["has_same_domain"])
    reasons = [f"the same domain {row['domain']}"] if has_domain else []
    reasons += ["the same name"] if has_name else [] if has_domain else ["names that are alike"]
    reasons += [f"but other domains, {row['domain']} and {row['kept_domain']}"] if row["has_other_domain"] else []
    return Candidate(
        pair=Pair(source=source, account_id=account, kept_source=kept_source, kept_id=kept),
        name=str(row["name"] or ""),
        kept_name=str(row["kept_name"] or ""),
        reason=", ".join(reasons),
        likeness=round(cast(float, row["likeness"]), 3),
        is_certain=has_name and has_domain and is_alone,
    )


def _read_accounts(platform: Platform, principal: Principal) -> pa.Table:
    """The accounts of every source that has some: `place` orders the sources, the first one's stay."""
    schema = platform.store(principal.tenant).schema()
    parts: list[pa.Table] = []
    sources = sorted(list_sources(platform, principal), key=lambda one: (one.kind in _BILLING, one.name))
    for place, (source, mapping, tables) in enumerate(
        found for source in sources if (found := _accounts_of(source, schema)) is not None
    ):
        view = build_view([mapping], tables, principal.tenant.currency)
        label = exp.alias_(exp.Literal.string(source.name), "source")
        query = exp.select(label, exp.alias_(exp.Literal.number(place), "place"), "account_id", "name", "domain").from_(
            exp.Subquery(this=view, alias=exp.TableAlias(this=exp.to_identifier("mapped")))
        )
        parts.append(platform.store(principal.tenant).query(query.sql(DIALECT))[0])
    if len(parts) < 2:
        raise InvalidError(
            "Accounts are compared across sources, and fewer than two have some: sync the companies of a CRM and the "
            "customers of another source first."
        )
    return pa.concat_tables(parts, promote_options="permissive")


def _accounts_of(source: Source, schema: dict[str, dict[str, str]]) -> tuple[Source, StreamMapping, Tables] | None:
    if source.kind not in mapped_kinds():
        return None
    mappings: tuple[StreamMapping, ...] = mapped_kinds()[source.kind].MAPPINGS
    streams = {stream: choice.table for stream, choice in source.streams.items() if choice.table in schema}
    tables = Tables(names=streams, columns={name: frozenset(schema[table]) for name, table in streams.items()})
    for mapping in mappings:
        if mapping.table == "accounts" and mapping.stream in streams and can_map(mapping, tables):
            return source, mapping, tables
    return None
