"""The functions that are offered while SQL is typed are those that the guard lets through, by the engine's names."""

import duckdb
import pytest

from core.errors import RefusedError
from metrics.function_names import function_names
from metrics.guard import parse_select


def is_refused(name: str) -> bool:
    """Whether the guard names the function as not allowed, with one, two or three arguments."""
    messages = []
    for arguments in ("a", "a, b", "'day', a", "a, b, c", ""):
        try:
            parse_select(f"SELECT {name}({arguments}) FROM t", ["t"])
        except RefusedError as refused:
            messages.append(refused.message)
        else:
            return False
    return any("not allowed" in message for message in messages)


def test_every_function_that_is_offered_is_allowed_and_known_to_the_engine() -> None:
    found = duckdb.sql("SELECT DISTINCT function_name FROM duckdb_functions()").fetchall()
    # These are grammar rather than functions of the catalog.
    known = {name for (name,) in found} | {
        "coalesce",
        "ifnull",
        "dense_rank",
        "first_value",
        "lag",
        "last_value",
        "lead",
    }
    known |= {"nullif", "ntile", "percent_rank", "rank", "row_number"}
    assert [name for name in function_names() if name not in known] == []
    assert [name for name in function_names() if is_refused(name)] == []


@pytest.mark.parametrize("name", ["read_csv", "glob", "pg_sleep", "getenv", "duckdb_settings"])
def test_what_reads_files_or_the_engine_is_not_offered(name: str) -> None:
    assert is_refused(name)
    assert name not in function_names()
