"""Fixtures of the metrics tests."""

import pytest

from metrics import Catalog
from tests.metrics.shop import open_shop
from tests.metrics.small_store import SmallStore


@pytest.fixture
def shop() -> tuple[SmallStore, Catalog]:
    """The small shop of `tests.metrics.shop`, new for each test."""
    return open_shop()
