"""Tenants and members: what is accepted, what is refused and why."""

import pytest

from core.errors import ConflictError, ForbiddenError, InvalidError
from core.secrets import KeyFault
from core.settings import Settings
from services.organisation import add_member, create_tenant, describe_tenants, list_members, require_member
from services.platform import Platform
from tenants.access import operator


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"slug": "Bad Name"}, "short name"),
        ({"slug": ""}, "short name"),
        ({"slug": "a" * 64}, "short name"),
        ({"name": "  "}, "needs a name"),
        ({"zone": "Europe/Berlinn"}, "Did you mean Europe/Berlin"),
        ({"currency": "euro"}, "three capital letters"),
    ],
)
def test_a_tenant_with_bad_facts_is_refused(platform: Platform, changed: dict[str, str], reason: str) -> None:
    facts = {"slug": "acme", "name": "Acme"} | changed
    with pytest.raises(InvalidError, match=reason):
        create_tenant(platform, **facts)  # type: ignore[arg-type]
    assert describe_tenants(platform) == []


def test_a_short_name_is_taken_once(platform: Platform) -> None:
    create_tenant(platform, slug="acme", name="Acme")
    with pytest.raises(ConflictError, match="acme already"):
        create_tenant(platform, slug="acme", name="Acme again")


def test_an_unknown_tenant_names_the_nearest(platform: Platform) -> None:
    create_tenant(platform, slug="brightwater", name="Brightwater")
    with pytest.raises(InvalidError, match="Did you mean brightwater"):
        platform.tenant("brightwatr")


def test_a_member_is_known_in_their_own_tenant_only(platform: Platform) -> None:
    acme = create_tenant(platform, slug="acme", name="Acme")
    other = create_tenant(platform, slug="other", name="Other")
    add_member(platform, operator(acme), email="ann@example.com", name="Ann", role="admin")
    assert [member.email for member in list_members(platform, acme)] == ["ann@example.com"]
    assert list_members(platform, other) == []
    with pytest.raises(ForbiddenError, match="no member"):
        require_member(platform, other, "ann@example.com")
    with pytest.raises(ConflictError, match="already"):
        add_member(platform, operator(acme), email="ANN@example.com", name="Ann", role="admin")


@pytest.mark.parametrize(
    ("email", "role", "password", "reason"),
    [
        ("not an address", "admin", None, "not an e-mail address"),
        ("ann@example.com", "admn", None, "Did you mean admin"),
        ("ann@example.com", "admin", "short", "at least 12"),
    ],
)
def test_a_member_with_bad_facts_is_refused(
    platform: Platform, email: str, role: str, password: str | None, reason: str
) -> None:
    acme = create_tenant(platform, slug="acme", name="Acme")
    with pytest.raises(InvalidError, match=reason):
        add_member(platform, operator(acme), email=email, name="Ann", role=role, password=password)
    assert list_members(platform, acme) == []


def test_only_an_admin_adds_members(platform: Platform) -> None:
    acme = create_tenant(platform, slug="acme", name="Acme")
    analyst = add_member(platform, operator(acme), email="ann@example.com", name="Ann", role="analyst")
    admin = add_member(platform, operator(acme), email="bo@example.com", name="Bo", role="admin")
    with pytest.raises(ForbiddenError, match="member:add"):
        add_member(platform, analyst, email="eve@example.com", name="Eve", role="admin")
    assert add_member(platform, admin, email="cy@example.com", name="Cy", role="executive").role == "executive"


def test_a_lost_master_key_is_told_and_no_new_one_is_made(settings: Settings, platform: Platform) -> None:
    create_tenant(platform, slug="acme", name="Acme")
    settings.master_key_path.unlink()
    with pytest.raises(KeyFault, match="missing"):
        Platform(settings)
    assert not settings.master_key_path.exists()


def test_another_master_key_opens_no_store(settings: Settings, platform: Platform) -> None:
    create_tenant(platform, slug="acme", name="Acme")
    describe_tenants(platform)
    platform.close()
    settings.master_key_path.unlink()
    settings.master_key_path.write_text("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=")
    before = settings.master_key_path.read_bytes()
    with pytest.raises(KeyFault, match="not the one"):
        Platform(settings)
    assert settings.master_key_path.read_bytes() == before


@pytest.mark.parametrize("text", ["", "not base64!", "QUFB"])
def test_a_malformed_master_key_is_told(settings: Settings, text: str) -> None:
    settings.folder.mkdir(parents=True, exist_ok=True)
    settings.master_key_path.write_text(text)
    with pytest.raises(KeyFault, match=r"master\.key"):
        Platform(settings)
