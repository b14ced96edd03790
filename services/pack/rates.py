"""Amounts of other currencies in the organisation's, by the table of rates.

The table `currency_rates` has `date`, `currency` and `rate`: what one unit of the currency was worth on that day in the
organisation's. A rate holds until the next one, for a week at most. What has no rate is empty and marked, never 0.
"""

from collections.abc import Mapping

import sqlglot
from sqlglot import exp

from core.errors import InvalidError
from metrics.guard import DIALECT
from services.pack.canonical import LEFT_OUT, MONEY, MONEY_DAY, TABLES

RATES = "currency_rates"
_COLUMNS = ("date", "currency", "rate")
# Two rates of one day that differ are none; so is one that is not above zero.
_SPANS = """
SELECT currency, day AS since, rate,
    least(lead(day) OVER (PARTITION BY currency ORDER BY day), day + INTERVAL 7 DAY) AS until
FROM (
    SELECT upper(currency) AS currency, CAST(date AS DATE) AS day, any_value(CAST(rate AS DECIMAL(18, 9))) AS rate
    FROM currency_rates GROUP BY 1, 2
    HAVING count(DISTINCT CAST(rate AS DECIMAL(18, 9))) = 1 AND min(rate) > 0
) AS given
"""
# What is open is expected on a day that has no rate yet: it is taken at the newest.
_NEWEST = "(SELECT max(CAST(date AS DATE)) FROM currency_rates)"


def has_rates(schema: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether there is a table of rates. Raises InvalidError where it has not the columns that it needs."""
    if RATES not in schema:
        return False
    missing = [name for name in _COLUMNS if name not in schema[RATES]]
    if missing:
        raise InvalidError(
            f"The table {RATES} has no {', '.join(missing)}; it needs date, currency and rate (what one unit of the "
            "currency was worth on that day in yours). Load it again with these columns, or under another name."
        )
    return True


def converted(query: exp.Query, table: str, currency: str) -> exp.Query:
    """The rows of a canonical table with every amount in `currency`, at the rate of its day."""
    money = MONEY[table]
    ours = f"(mapped.currency IS NULL OR upper(mapped.currency) = '{currency}')"
    columns: list[exp.Expr] = []
    for name, type_ in TABLES[table].items():
        if name in money:
            text = f"CASE WHEN {ours} THEN mapped.{name} ELSE mapped.{name} * rates.rate END"
            columns.append(exp.alias_(exp.cast(_parsed(text), type_), name, quoted=True))
        elif name == LEFT_OUT:
            there = " OR ".join(f"mapped.{one} IS NOT NULL" for one in sorted(money))
            text = f"NOT {ours} AND rates.rate IS NULL AND ({there})"
            columns.append(exp.alias_(_parsed(text), name, quoted=True))
        else:
            columns.append(exp.column(exp.to_identifier(name, quoted=True), "mapped"))
    day = _parsed(MONEY_DAY[table].format(newest=_NEWEST))
    same = exp.and_(
        _parsed("rates.currency = upper(mapped.currency)"),
        exp.GTE(this=day, expression=exp.column("since", "rates")),
        exp.LT(this=day.copy(), expression=exp.column("until", "rates")),
    )
    spans = exp.Subquery(this=_parsed(_SPANS), alias=exp.TableAlias(this=exp.to_identifier("rates")))
    mapped = exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier("mapped")))
    return exp.select(*columns).from_(mapped).join(spans, on=same, join_type="left")


def _parsed(text: str) -> exp.Expr:
    return sqlglot.parse_one(text, dialect=DIALECT)
