"""The demo tenants: made once, found again, with sign-in links for their members."""

import threading
from collections.abc import Callable

from core.errors import InvalidError
from services.organisation import add_member, create_tenant, list_members
from services.platform import Platform
from services.signin import create_signin_link
from tenants.access import operator

_SLUGS = ("brightwater", "harbour")
_building = threading.Lock()


def build_demo(platform: Platform, progress: Callable[[str], None]) -> list[str]:
    """Make each demo tenant that is missing or was left unfinished; returns a line for each."""
    with _building:
        return _build_missing(platform, progress)


def _build_missing(platform: Platform, progress: Callable[[str], None]) -> list[str]:
    said: list[str] = []
    for slug in _SLUGS:
        if _is_complete(platform, slug):
            said.append(f"{slug} is there already.")
            continue
        said.append(_build(platform, slug, progress))
    return said


def demo_links(platform: Platform) -> list[dict[str, str]]:
    """A one-time sign-in link for each member of the demo tenants."""
    links: list[dict[str, str]] = []
    for slug in _SLUGS:
        tenant = platform.tenant(slug)
        for member in sorted(list_members(platform, tenant), key=lambda one: one.role, reverse=True):
            link = create_signin_link(platform, member)
            links.append(
                {"name": member.name, "email": member.email, "role": member.role, "tenant": tenant.name, "link": link}
            )
    return links


def _is_complete(platform: Platform, slug: str) -> bool:
    """Members are made last, so a tenant that has some was finished."""
    try:
        tenant = platform.tenant(slug)
    except InvalidError:
        return False
    return bool(list_members(platform, tenant))


def _build(platform: Platform, slug: str, progress: Callable[[str], None]) -> str:
    # A server that finds the demo tenants complete needs none of this.
    from demo import build
    from services.definitions import apply_definitions
    from services.imports import load_tables
    from services.notebooks import save_notebooks
    from services.policies import apply_policies

    progress(f"Simulating {slug}")
    made = build(slug)
    try:
        tenant = platform.tenant(slug)
    except InvalidError:
        tenant = create_tenant(
            platform,
            slug=made.slug,
            name=made.name,
            zone=made.zone,
            currency=made.currency,
            accent=made.accent,
            calendar_day=made.today,
        )
    asking = operator(tenant)
    rows = sum(table.num_rows for table in made.tables.values())
    progress(f"Loading {rows:,} rows into the store of {slug}")
    load_tables(platform, asking, made.tables)
    apply_definitions(platform, asking, made.definitions)
    save_notebooks(platform, asking, made.notebooks)
    apply_policies(platform, asking, made.policies)
    for member in made.members:
        add_member(
            platform,
            asking,
            email=f"{member.local_part}@{made.domain}",
            name=member.name,
            role=member.role,
            attributes=member.attributes,
        )
    return f"{slug}: {len(made.tables)} tables, {rows:,} rows, {len(made.members)} members."
