"""The gallery, served by a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser tests share one gallery, so one worker runs them."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent) and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("gallery"))


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    """The address of the running gallery."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.app_ui.server"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address, f"the gallery ended with {process.wait()}"
    yield address
    process.terminate()
    process.communicate(timeout=300)
