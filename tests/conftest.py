"""What every test may use."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import hypothesis
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from core.settings import Settings
from services.platform import Platform
from tenants.metadata import Metadata
from tests.mariadb import MariaDb, start_mariadb
from tests.postgresql import Cluster, start_cluster
from tests.visitors import WAIT_MS

ROOT = Path(__file__).resolve().parent.parent
# What takes long to make ready (a served demo, built tenants, compiled kernels), and how many workers share its files.
WORKERS_OF = {"end_to_end": 2, "demo": 1, "behaviour": 1, "forecasting": 1}
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A run tries the same cases as the one before, and is right on a busy machine: how long a case took says nothing there.
hypothesis.settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("steady")
# `pytest --hypothesis-profile=deep` tries other cases each time, and hundreds of them in the tests that ask for it.
hypothesis.settings.register_profile("deep", deadline=None, derandomize=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these folders' files on few workers."""
    for item in items:
        # Doctests of the packages are collected too.
        folder = Path(item.path).relative_to(ROOT).parts[1]
        if folder in WORKERS_OF:
            part = crc32(item.path.name.encode()) % WORKERS_OF[folder]
            item.add_marker(pytest.mark.xdist_group(f"{folder} {part}"))


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
def metadata_url() -> str | None:
    """Where the metadata is kept: SQLite in the data folder; packages that run on both databases say so themselves."""
    return None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL of this test run."""
    with start_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """A MariaDB of this test run."""
    with start_mariadb() as server:
        yield server


@pytest.fixture(scope="session")
def newest_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the newest schema and nothing in it: migrating anew takes longer than most tests."""
    path = tmp_path_factory.mktemp("schema") / "metadata.sqlite3"
    metadata = Metadata(f"sqlite:///{path}")
    metadata.migrate()
    metadata.close()
    return path


@pytest.fixture
def settings(tmp_path: Path, metadata_url: str | None, newest_schema: Path) -> Settings:
    """Settings of a data folder with nothing but the schema."""
    data = tmp_path / "data"
    if metadata_url is None:
        data.mkdir(mode=0o700)
        shutil.copyfile(newest_schema, data / newest_schema.name)
    return Settings(
        data=data,
        metadata_url=metadata_url,
        # Tests of the limit have their own: on a busy machine a small question may take seconds.
        query_timeout_s=60,
        store_memory_mb=256,
        # Hundreds of passwords are hashed and tried; tests/tenants/test_common_passwords.py has the default.
        password_memory_mib=19,
    )


@pytest.fixture
def platform(settings: Settings) -> Iterator[Platform]:
    """A platform on an empty data folder."""
    made = Platform(settings)
    yield made
    made.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one for each worker: Playwright can be started once in a process."""
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()
