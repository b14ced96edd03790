"""The demo tenants: who they are, and how each is built."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from core.errors import InvalidError
from core.names import suggestion
from demo import brightwater, harbour
from demo.days import TODAY
from demo.tenant import DemoMember, DemoTenant, read_texts

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class _Company:
    name: str
    currency: str
    zone: str
    accent: str
    members: tuple[DemoMember, ...]
    build_tables: Callable[[], dict[str, pa.Table]]


def _members(executive: str, analyst: str, admin: str, regions: tuple[str, ...]) -> tuple[DemoMember, ...]:
    people = (("executive", executive), ("analyst", analyst), ("admin", admin))
    return tuple(
        DemoMember(local_part=role, name=name, role=role, attributes={"regions": list(regions)})
        for role, name in people
    )


def _manager(region_name: str, name: str, region: str) -> DemoMember:
    """Somebody who sees the rows of one region alone."""
    return DemoMember(local_part=f"{region_name}.manager", name=name, role="manager", attributes={"regions": [region]})


_COMPANIES = {
    "brightwater": _Company(
        name="Brightwater Software",
        currency="USD",
        zone="America/New_York",
        accent="#176b73",
        members=(
            *_members("Priya Raman", "Tomas Keller", "Dana Whitfield", brightwater.REGIONS),
            _manager("emea", "Inès Caron", "EMEA"),
        ),
        build_tables=brightwater.build_tables,
    ),
    "harbour": _Company(
        name="Harbour Supply",
        currency="EUR",
        zone="Europe/Berlin",
        accent="#1d4e89",
        members=(
            *_members("Henrike Sander", "Jonas Petersen", "Katja Lindner", harbour.REGIONS),
            _manager("north", "Maren Voss", "North"),
        ),
        build_tables=harbour.build_tables,
    ),
}

SLUGS = tuple(_COMPANIES)


def build(tenant: str) -> DemoTenant:
    """A demo tenant, its tables freshly simulated. Raises InvalidError for a name that is not in `SLUGS`."""
    company = _COMPANIES.get(tenant)
    if company is None:
        raise InvalidError(f"There is no demo tenant {tenant!r}. {suggestion(tenant, SLUGS)}")
    folder = _HERE / tenant
    return DemoTenant(
        slug=tenant,
        name=company.name,
        currency=company.currency,
        zone=company.zone,
        accent=company.accent,
        domain=f"{tenant}.example",
        today=TODAY,
        members=company.members,
        tables=company.build_tables(),
        definitions=read_texts(folder / "metrics", keep_ending=True),
        notebooks=read_texts(folder / "notebooks", keep_ending=False),
        policies=read_texts(folder / "policies", keep_ending=True),
    )
