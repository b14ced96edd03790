"""Everything in this package is tested on both metadata databases."""

import pytest

from tests.postgresql import Cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def metadata_url(request: pytest.FixtureRequest) -> str | None:
    """SQLite in the data folder, and a new database of a real PostgreSQL."""
    if request.param == "sqlite":
        return None
    cluster: Cluster = request.getfixturevalue("postgresql")
    return cluster.new_database()
