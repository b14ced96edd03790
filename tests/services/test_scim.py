"""A directory keeps members and groups: filtered, paged, patched, deactivated, and never those of another tenant."""

from collections.abc import Callable

import pytest

from core.errors import ConflictError, ForbiddenError
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.scim.directory import directory_principal
from services.scim.errors import ScimInvalid
from services.scim.groups import create_group, delete_group, find_group, list_groups, patch_group, replace_group
from services.scim.tokens import create_token, find_tenant, revoke_token, token_made_at
from services.scim.users import create_user, delete_user, find_user, list_users, patch_user, replace_user
from services.signin import find_principal, sign_in_with_password
from tenants.access import Principal, operator
from tenants.schema import DomainRow, ProviderRow

PASSWORD = "correct horse battery"
PEOPLE = ("ann", "bea", "cy", "dora", "emil", "fay", "gus")


def organisation(platform: Platform, slug: str) -> Principal:
    """The directory of a new tenant with one administrator and a proved domain."""
    tenant = create_tenant(platform, slug=slug, name=slug.title())
    domain = f"{slug}.example"
    add_member(platform, operator(tenant), email=f"admin@{domain}", name="Ada", role="admin", password=PASSWORD)
    with platform.session() as session:
        session.add(
            DomainRow(tenant_id=tenant.id, domain=domain, challenge="x", verified=domain, verified_at=platform.clock())
        )
    return directory_principal(tenant)


@pytest.fixture
def acme(platform: Platform) -> Principal:
    return organisation(platform, "acme")


def user(platform: Platform, principal: Principal, name: str, **more: object) -> str:
    body = {"userName": f"{name}@{principal.tenant.slug}.example", "displayName": name.title(), **more}
    return str(create_user(platform, principal, body)["id"])


def replace(path: str, value: object) -> dict[str, object]:
    return {"Operations": [{"op": "Replace", "path": path, "value": value}]}


def names(platform: Platform, principal: Principal, text: str) -> list[str]:
    found = list_users(platform, principal, text=text)
    assert found.total == len(found.resources)
    return sorted(str(one["displayName"]) for one in found.resources)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ('userName eq "BEA@acme.example"', lambda name: name == "bea"),
        ('emails.value sw "a"', lambda name: name in {"ann", "ada"}),
        ('displayName co "A" and active eq true', lambda name: "a" in name),
        ('not (displayName ew "a") and externalId pr', lambda name: not name.endswith("a") and name in PEOPLE),
        ('externalId eq "x-CY" or externalId eq "x-cy"', lambda name: name == "cy"),
        ('(displayName eq "gus" or displayName eq "fay") and active eq False', lambda name: name == "gus"),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName eq "dora@acme.example"', lambda name: name == "dora"),
        ('displayName eq "a\\"b"', lambda name: name == "nobody"),
        ('displayName co "%"', lambda name: name == "nobody"),
        ('externalId ne "x-ann"', lambda name: name != "ann"),
    ],
)
def test_a_filter_finds_who_fits(platform: Platform, acme: Principal, text: str, fits: Callable[[str], bool]) -> None:
    for name in PEOPLE:
        user(platform, acme, name, externalId=f"x-{name}", active=name != "gus")
    assert names(platform, acme, text) == sorted(name.title() for name in (*PEOPLE, "ada") if fits(name))


@pytest.mark.parametrize(
    "text",
    ['userName eq', 'userName xx "a"', "userName eq ann", 'password eq "a"', 'userName eq "a" or', "(active eq true",
     'active gt "a"', 'userName eq "a" "b"', '"', "(" * 50 + 'userName eq "a"' + ")" * 50, "x" * 3000],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused(platform: Platform, acme: Principal, text: str) -> None:
    with pytest.raises(ScimInvalid) as refused:
        list_users(platform, acme, text=text)
    assert refused.value.scim_type == "invalidFilter"


def test_pages_hold_everybody_once(platform: Platform, acme: Principal) -> None:
    made = {user(platform, acme, name) for name in PEOPLE}
    pages = [list_users(platform, acme, start=start, count=3) for start in (1, 4, 7, 10)]
    assert [len(page.resources) for page in pages] == [3, 3, 2, 0]
    assert {page.total for page in pages} == {8}
    assert made < {str(one["id"]) for page in pages for one in page.resources}
    assert list_users(platform, acme, start=-5, count=0).start == 1


def test_a_deactivated_user_is_out_at_once_and_comes_back(platform: Platform, acme: Principal) -> None:
    from services.account import change_password
    from services.organisation import require_member

    ann = user(platform, acme, "ann")
    member = require_member(platform, acme.tenant, "ann@acme.example")
    change_password(platform, member, None, present="", new=PASSWORD)
    cookie = sign_in_with_password(platform, "ann@acme.example", PASSWORD)
    assert patch_user(platform, acme, ann, replace("active", "False"))["active"] is False
    assert find_principal(platform, cookie) is None
    assert patch_user(platform, acme, ann, {"Operations": [{"op": "add", "value": {"active": True}}]})["active"] is True
    delete_user(platform, acme, ann)
    with pytest.raises(ForbiddenError, match="no user"):
        find_user(platform, acme, ann)
    assert user(platform, acme, "ann") == ann


def test_the_last_administrator_is_not_shut_out(platform: Platform, acme: Principal) -> None:
    (admin,) = list_users(platform, acme).resources
    for work in (
        lambda: patch_user(platform, acme, str(admin["id"]), replace("active", value=False)),
        lambda: delete_user(platform, acme, str(admin["id"])),
    ):
        with pytest.raises(ConflictError, match="only administrator"):
            work()
    assert find_user(platform, acme, str(admin["id"]))["active"] is True


def test_changes_of_a_user_are_all_or_nothing(platform: Platform, acme: Principal) -> None:
    ann = user(platform, acme, "ann")
    changed = patch_user(
        platform,
        acme,
        ann,
        {
            "Operations": [
                {"op": "replace", "path": "name.givenName", "value": "Anna"},
                {"op": "add", "value": {"name": {"familyName": "Lee"}, "externalId": "e1", "title": "Boss"}},
                {"op": "replace", "path": 'emails[type eq "work"].value', "value": "anna@acme.example"},
            ]
        },
    )
    assert (changed["displayName"], changed["externalId"], changed["userName"]) == (
        "Anna Lee",
        "e1",
        "anna@acme.example",
    )
    changed = patch_user(platform, acme, ann, replace("name.familyName", "Doe"))
    assert changed["name"] == {"formatted": "Anna Doe"}
    for bad, kind in (
        (replace("favouriteColour", "red"), "invalidPath"),
        (replace("active", "perhaps"), "invalidValue"),
        (replace("userName", "ann@other.example"), "invalidValue"),
        ({"Operations": []}, "invalidSyntax"),
        ({"Operations": [{"op": "move", "path": "active"}]}, "invalidSyntax"),
        ({"Operations": [{"op": "remove"}]}, "noTarget"),
        ({"Operations": [{"op": "remove", "path": "userName"}]}, "mutability"),
    ):
        with pytest.raises(ScimInvalid) as refused:
            patch_user(platform, acme, ann, bad)
        assert refused.value.scim_type == kind
    assert find_user(platform, acme, ann) == changed
    with pytest.raises(ConflictError, match="already"):
        patch_user(platform, acme, ann, replace("userName", "admin@acme.example"))
    replaced = replace_user(platform, acme, ann, {"userName": "ann@acme.example", "name": {"formatted": "Ann L"}})
    assert (replaced["userName"], replaced["displayName"]) == ("ann@acme.example", "Ann L")


def test_only_addresses_of_proved_domains_are_made_and_once(platform: Platform, acme: Principal) -> None:
    for name in ("eve@other.example", "eve", "", "eve@sub.acme.example"):
        with pytest.raises(ScimInvalid, match="proved"):
            create_user(platform, acme, {"userName": name})
    user(platform, acme, "ann")
    with pytest.raises(ConflictError, match="already"):
        user(platform, acme, "ann")


def test_nothing_of_another_tenant_is_seen_or_touched(platform: Platform, acme: Principal) -> None:
    other = organisation(platform, "other")
    theirs, own = user(platform, other, "eve"), user(platform, acme, "ann")
    group = str(create_group(platform, other, {"displayName": "Sales", "members": [{"value": theirs}]})["id"])
    for work in (
        lambda: find_user(platform, acme, theirs),
        lambda: patch_user(platform, acme, theirs, replace("active", value=False)),
        lambda: replace_user(platform, acme, theirs, {"userName": "eve@acme.example"}),
        lambda: delete_user(platform, acme, theirs),
        lambda: find_group(platform, acme, group),
        lambda: patch_group(platform, acme, group, replace("displayName", "Ours")),
        lambda: delete_group(platform, acme, group),
    ):
        with pytest.raises(ForbiddenError, match="There is no"):
            work()
    with pytest.raises(ScimInvalid, match="no user"):
        create_group(platform, acme, {"displayName": "Mixed", "members": [{"value": own}, {"value": theirs}]})
    assert list_groups(platform, acme).total == 0
    assert names(platform, acme, 'userName co "eve"') == []
    assert find_group(platform, other, group)["members"] == [{"value": theirs, "display": "eve@other.example"}]


def test_groups_are_changed_and_decide_roles_where_a_provider_maps_them(platform: Platform, acme: Principal) -> None:
    ann, bea = user(platform, acme, "ann"), user(platform, acme, "bea")
    with platform.session() as session:
        configuration = {
            "kind": "oidc", "issuer": "https://id.example", "client_id": "p", "default_role": "executive",
            "role_of_group": {"bi-admins": "admin", "bi-analysts": "analyst"},
        }  # fmt: skip
        session.add(
            ProviderRow(
                id="p", tenant_id=acme.tenant.id, kind="oidc", name="Acme", configuration=configuration,
                created_at=platform.clock(),
            )
        )  # fmt: skip
    group = str(create_group(platform, acme, {"displayName": "bi-analysts", "members": [{"value": ann}]})["id"])
    assert role(platform, acme, "ann") == "analyst"
    add = {"op": "Add", "path": "members", "value": [{"value": bea}]}
    remove = {"op": "remove", "path": f'members[value eq "{ann}"]'}
    changed = patch_group(platform, acme, group, {"Operations": [add, remove]})
    assert changed["members"] == [{"value": bea, "display": "bea@acme.example"}]
    assert (role(platform, acme, "ann"), role(platform, acme, "bea")) == ("executive", "analyst")
    replace_group(platform, acme, group, {"displayName": "bi-admins", "members": [{"value": ann}]})
    assert (role(platform, acme, "ann"), role(platform, acme, "bea")) == ("admin", "executive")
    assert list_groups(platform, acme, text='displayName eq "BI-Admins"').total == 1
    with pytest.raises(ConflictError, match="already"):
        create_group(platform, acme, {"displayName": "bi-admins"})
    delete_group(platform, acme, group)
    assert role(platform, acme, "ann") == "executive"


def role(platform: Platform, principal: Principal, name: str) -> str:
    from services.organisation import require_member

    return require_member(platform, principal.tenant, f"{name}@{principal.tenant.slug}.example").role


def test_a_new_token_replaces_the_one_before_and_is_kept_as_a_hash(platform: Platform, acme: Principal) -> None:
    admin = operator(acme.tenant)
    first, second = create_token(platform, admin), create_token(platform, admin)
    assert find_tenant(platform, first) is None
    found = find_tenant(platform, second)
    assert found is not None
    assert found.id == acme.tenant.id
    assert token_made_at(platform, admin) is not None
    with pytest.raises(ForbiddenError):
        create_token(platform, acme)
    revoke_token(platform, admin)
    assert find_tenant(platform, second) is None
