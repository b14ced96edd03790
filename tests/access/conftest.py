"""Two tenants that the tests of a module share, once on each metadata database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from services.platform import Platform
from tests.access.world import World, build_world
from tests.postgresql import Cluster


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """What a test changes is there for the next one: tests count what they add, not what there is."""
    address: str | None = None
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgresql")
        address = cluster.new_database()
    platform = Platform(Settings(data=tmp_path_factory.mktemp("access") / "data", metadata_url=address))
    yield build_world(platform)
    platform.close()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A use case that is called with a made-up path writes into a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
