"""What every test may use."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from services.platform import Platform

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets beside the project; skips where it is absent, fails there under CI."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must have the public data sets, but there is no {folder}")
        pytest.skip("the public data sets (../shared/data) are not on this machine")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty data folder."""
    return Settings(data=tmp_path / "data", query_timeout_s=5, store_memory_mb=256)


@pytest.fixture
def platform(settings: Settings) -> Iterator[Platform]:
    """A platform on an empty data folder."""
    made = Platform(settings)
    yield made
    made.close()
