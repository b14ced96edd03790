"""What is fetched ahead of visitors ends with the server."""

import threading

from app.warming import Warming
from services.organisation import create_tenant
from services.platform import Platform
from tenants.access import operator


def warming_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("warming ")]


def test_after_the_stop_nothing_is_under_way_and_nothing_begins(platform: Platform) -> None:
    principal = operator(create_tenant(platform, slug="acme", name="Acme"))
    warming = Warming(platform)
    warming.expect_home(principal)
    assert "warming kernels" in warming_threads()
    warming.stop()
    assert warming_threads() == []
    warming.expect_page(principal)
    assert warming_threads() == []
