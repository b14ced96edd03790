"""The names under which SQL of members may call functions, for who offers them while somebody types.

They are the allow-list of the guard, as the engine spells it.
"""

from functools import cache

from sqlglot import exp

from metrics.functions import FUNCTIONS, NAMED_FUNCTIONS, QUERY_FUNCTIONS

# What the parser knows by names that are not the engine's, and what the engine calls the same.
_FOREIGN = frozenset({
    "approx_distinct", "booland_agg", "boolor_agg", "date_from_parts", "datefromparts", "day_of_week", "day_of_year",
    "dayofweek_iso", "endswith", "extract", "last_day_of_month", "logical_and", "logical_or", "nvl", "percentile_cont",
    "percentile_disc", "regexp_like", "signum", "startswith", "stdev", "str_position", "str_to_time", "time_to_str",
    "time_to_unix", "timestamp_trunc", "truncate", "variance_pop", "variance_samp", "week_of_year",
})  # fmt: skip
_SPELLED = frozenset({
    "date_trunc", "epoch", "make_date", "quantile_cont", "quantile_disc", "regexp_matches", "strftime", "strpos",
    "strptime",
})  # fmt: skip


@cache
def function_names() -> tuple[str, ...]:
    """The functions that `parse_select` lets through, in order.

    >>> "date_trunc" in function_names(), "read_csv" in function_names()
    (True, False)
    """
    allowed = FUNCTIONS | QUERY_FUNCTIONS
    known = {name.lower() for name, kind in exp.FUNCTION_BY_NAME.items() if kind in allowed}
    return tuple(sorted((known - _FOREIGN) | NAMED_FUNCTIONS | _SPELLED))
