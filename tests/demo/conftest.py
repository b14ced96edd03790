"""The two demo tenants, built once for all tests of the package. Nobody changes them."""

from collections.abc import Iterator

import duckdb
import pytest

import demo
from tests.demo.facts import open_tables


@pytest.fixture(scope="session")
def brightwater() -> demo.DemoTenant:
    """Brightwater Software."""
    return demo.build("brightwater")


@pytest.fixture(scope="session")
def harbour() -> demo.DemoTenant:
    """Harbour Supply."""
    return demo.build("harbour")


@pytest.fixture(scope="session")
def brightwater_tables(brightwater: demo.DemoTenant) -> duckdb.DuckDBPyConnection:
    """Brightwater's tables in a database in memory."""
    return open_tables(brightwater)


@pytest.fixture(scope="session")
def harbour_tables(harbour: demo.DemoTenant) -> duckdb.DuckDBPyConnection:
    """Harbour's tables in a database in memory."""
    return open_tables(harbour)


@pytest.fixture
def brightwater_sql(brightwater_tables: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor on Brightwater's tables, in a zone that no answer may depend on."""
    with brightwater_tables.cursor() as cursor:
        cursor.execute("SET TimeZone = 'Pacific/Auckland'")
        yield cursor


@pytest.fixture
def harbour_sql(harbour_tables: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor on Harbour's tables, in a zone that no answer may depend on."""
    with harbour_tables.cursor() as cursor:
        cursor.execute("SET TimeZone = 'Pacific/Auckland'")
        yield cursor
