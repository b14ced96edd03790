"""A tenant with regional managers, a second tenant, a mail server, and a clock that a test can move."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pytest

from core.settings import Settings
from services.definitions import apply_definitions
from services.deliveries.schedules import add_schedule
from services.deliveries.spec import Plan, Schedule
from services.deliveries.worker import deliver_due
from services.imports import load_tables
from services.notebooks import save_notebooks
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from tenants.access import Principal, operator
from tests.mail_server import MailServer, running_mail_server

ORDERS = """
model: orders
table: orders
key: id
time: day
dimensions:
  region: {column: region}
  day: {type: time, column: day}
measures: {value: {agg: sum, sql: amount}}
metrics: {value: {kind: simple, measure: value, unit: USD}}
"""
REVIEW = """
notebook: review
title: Review
cells:
  - {name: value, kind: metric, metric: value, period: year, title: Value this year}
  - {name: by_region, kind: table, metrics: [value], by: [region], period: year, order: [region]}
"""
POLICY = """
policy: regional
roles: [manager]
rows: [{dimension: region, in: member.regions}]
"""
AMOUNTS = {"AMER": 200, "APAC": 3000, "EMEA": 10}


@dataclass
class MovingClock:
    """A clock that stands until it is moved."""

    now: dt.datetime = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(**by)


@dataclass(kw_only=True)
class World:
    """What a test acts on."""

    platform: Platform
    admin: Principal
    mail: MailServer
    clock: MovingClock
    members: dict[str, Principal] = field(default_factory=dict)

    def add(self, name: str, role: str, *regions: str) -> Principal:
        """A member NAME@acme.example."""
        attributes = {"regions": list(regions)} if regions else {}
        member = add_member(
            self.platform,
            self.admin,
            email=f"{name}@acme.example",
            name=name.title(),
            role=role,
            attributes=attributes,
        )
        self.members[name] = member
        return member

    def schedule(self, *recipients: str, **more: object) -> Schedule:
        """Mondays at 8 in Berlin."""
        fields: dict[str, object] = {"name": "weekly", "notebook": "review", "cron": "0 8 * * mon", **more}
        plan = Plan(recipients=recipients, **fields)  # type: ignore[arg-type]
        return add_schedule(self.platform, self.admin, plan)

    def deliver_next(self) -> int:
        """Let a week pass and deliver."""
        self.clock.move(days=7)
        return deliver_due(self.platform)


def orders(amounts: dict[str, int]) -> pa.Table:
    """An order of each region this year."""
    day = dt.date(2026, 11, 2)
    count = len(amounts)
    columns = {"id": list(range(count)), "region": list(amounts), "amount": list(amounts.values())}
    return pa.table({**columns, "day": pa.array([day] * count, pa.date32())})


def build_world(platform: Platform, mail: MailServer, clock: MovingClock) -> World:
    """The tenants, their data, metrics, notebook and policy."""
    acme = create_tenant(platform, slug="acme", name="Acme", zone="Europe/Berlin")
    other = create_tenant(platform, slug="other", name="Other")
    for tenant, amounts in ((acme, AMOUNTS), (other, {"EMEA": 77})):
        load_tables(platform, operator(tenant), {"orders": orders(amounts)})
        apply_definitions(platform, operator(tenant), {"orders.yaml": ORDERS})
        save_notebooks(platform, operator(tenant), {"review": REVIEW})
    apply_policies(platform, operator(acme), {"regional.yaml": POLICY})
    world = World(platform=platform, admin=operator(acme), mail=mail, clock=clock)
    world.add("emma", "manager", "EMEA")
    world.add("amy", "manager", "AMER")
    world.add("xena", "executive")
    return world


@pytest.fixture
def metadata_url() -> str | None:
    """SQLite; what depends on the database is in test_leases.py, which runs on both."""
    return None


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailServer]:
    """A running mail server."""
    with running_mail_server(tmp_path) as server:
        yield server


@pytest.fixture
def clock() -> MovingClock:
    """A clock at a Friday morning."""
    return MovingClock()


@pytest.fixture
def world(settings: Settings, mail: MailServer, clock: MovingClock) -> Iterator[World]:
    """A platform that delivers to the mail server."""
    platform = Platform(mail.settings(settings), clock=clock)
    yield build_world(platform, mail, clock)
    platform.close()
