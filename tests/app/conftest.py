"""The whole application in this process, with a member in each of two tenants."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from core.settings import Settings
from services.organisation import add_member, create_tenant
from services.platform import Platform
from tenants.access import Principal, operator
from tests.access.world import World, build_world

PASSWORD = "correct horse battery"
LOCAL_TOKEN = "token of the data folder's owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The application, its platform, and an administrator of each tenant."""

    client: TestClient
    platform: Platform
    ann: Principal
    bob: Principal


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Streamlit allows one application in a process, so all tests share it; each begins signed out."""
    platform = Platform(Settings(data=tmp_path_factory.mktemp("app") / "data", outbound_hosts="localhost"))
    members = []
    for slug, email in (("acme", "ann@acme.example"), ("other", "bob@other.example")):
        tenant = create_tenant(platform, slug=slug, name=slug.title())
        members.append(
            add_member(platform, operator(tenant), email=email, name=email[:3], role="admin", password=PASSWORD)
        )
    application = create_app(platform, local_token=LOCAL_TOKEN)
    with TestClient(application, base_url="http://localhost:8080", follow_redirects=False) as client:
        yield Running(client=client, platform=platform, ann=members[0], bob=members[1])
    platform.close()


@pytest.fixture(scope="session")
def world(running: Running) -> World:
    """Two more tenants, with one of everything, for the walks over routes and pages."""
    return build_world(running.platform, own="walked", other="unwalked")


@pytest.fixture
def app(running: Running) -> Running:
    """The application with an empty cookie jar."""
    running.client.cookies.clear()
    return running


def sign_in(app: Running, email: str = "ann@acme.example") -> None:
    """Sign in with the password."""
    answer = app.client.post("/signin", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 303
