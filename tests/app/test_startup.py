"""What a server does not load before somebody comes: it decides how soon it listens and how small it is at rest."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import Settings
from services.platform import Platform

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = (
    "aiosmtplib",
    "alembic",
    "authlib",
    "cryptography",
    "dns",
    "duckdb",
    "fastapi",
    "jinja2",
    "joserfc",
    "lxml",
    "numba",
    "onelogin",
    "pandas",
    "pyarrow",
    "reportlab",
    "rich",
    "sklearn",
    "sqlalchemy.dialects.postgresql",
    "sqlglot",
    "statsforecast",
)
SERVE = """
import app.cli.serve, app.main, sys
from pathlib import Path
from core.settings import Settings
from services.platform import Platform
platform = Platform(Settings(data=Path(sys.argv[1])))
app.main.create_app(platform, local_token="x")
platform.close()
print(*sorted(sys.modules))
"""


def loaded_by(code: str, *arguments: str) -> set[str]:
    command = [sys.executable, "-c", code, *arguments]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return set(said.split())


@pytest.mark.parametrize("name", HEAVY)
def test_a_listening_server_has_not_loaded(name: str, loaded_at_start: set[str]) -> None:
    assert "streamlit" in loaded_at_start
    assert name not in loaded_at_start


@pytest.fixture(scope="module")
def loaded_at_start(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules of a server on an existing data folder."""
    folder = tmp_path_factory.mktemp("start") / "data"
    Platform(Settings(data=folder)).close()
    return loaded_by(SERVE, str(folder))


def test_the_command_line_loads_nothing_heavy() -> None:
    loaded = loaded_by("import app.cli, sys; print(*sorted(sys.modules))")
    assert "typer" in loaded
    assert loaded.isdisjoint({*HEAVY, "streamlit", "sqlalchemy", "numpy"})


def test_starting_reads_no_metadata_of_installed_packages() -> None:
    counting = """
import importlib.metadata, sys
asked = []
importlib.metadata.distributions = lambda **given: asked.append(given) or []
from app.ui.configuration import configure
configure()
from streamlit.components.v2.component_manager import BidiComponentManager
BidiComponentManager().discover_and_register_components()
print("searches:", len(asked))
"""
    assert "0" in loaded_by(counting)
