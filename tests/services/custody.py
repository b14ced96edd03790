"""A tenant with everything a backup has to carry."""

import pyarrow as pa

from services.folders import create_folder, list_folders, place_notebook
from services.imports import load_tables
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.sharing import list_grants, share
from services.signin import sign_in_with_password
from services.teams import list_teams, save_team
from tenants.access import Principal, operator
from tenants.documents import DocumentKind, list_documents, save_documents

PASSWORD = "correct horse battery"


def fill_tenant(platform: Platform, slug: str = "acme", rows: int = 3) -> Principal:
    """A tenant with a table, a member with a password, a document in a shared folder, a team and a secret."""
    tenant = create_tenant(platform, slug=slug, name=slug.title())
    admin = add_member(
        platform, operator(tenant), email=f"ann@{slug}.example", name="Ann", role="admin", password=PASSWORD
    )
    load_deals(platform, admin, rows)
    write_document(platform, admin, "first")
    share_review(platform, admin)
    with platform.session() as session:
        platform.keep_secret(session, tenant, "connector/crm", f"token of {slug}")
    return admin


def load_deals(platform: Platform, principal: Principal, rows: int) -> None:
    """Put a table of that many rows in place."""
    load_tables(platform, principal, {"deals": pa.table({"id": list(range(rows)), "name": ["=é"] * rows})})


def write_document(platform: Platform, principal: Principal, text: str) -> None:
    """Save a version of the notebook `review`."""
    with platform.session() as session:
        save_documents(session, principal, DocumentKind.NOTEBOOK, {"review": text})


def share_review(platform: Platform, admin: Principal) -> None:
    """Put `review` into a folder within a restricted one that a team within another one may see."""
    outer = create_folder(platform, admin, "Outer", is_restricted=True)
    place_notebook(platform, admin, "review", folder_id=create_folder(platform, admin, "Inner", parent_id=outer))
    save_team(platform, admin, name="Sales", managers=[admin.email], members=[])
    save_team(platform, admin, name="EMEA", above="Sales", managers=[], members=[admin.email])
    share(platform, admin, folder_id=outer, is_restricted=True, grants={"team:EMEA": "view", admin.email: "edit"})


def state_of(platform: Platform, slug: str) -> dict[str, object]:
    """What somebody who uses the tenant would notice: rows, secret, document, folders, grants and teams.

    Fails where sign-in is broken.
    """
    tenant = platform.tenant(slug)
    with platform.session() as session:
        secret = platform.find_secret(session, tenant, "connector/crm")
        (document,) = list_documents(session, tenant.id, DocumentKind.NOTEBOOK)
    assert sign_in_with_password(platform, f"ann@{slug}.example", PASSWORD)
    asking = operator(tenant)
    return {
        "rows": platform.store(tenant).row_counts(),
        "secret": secret,
        "document": document.text,
        "folders": [one.path for one in list_folders(platform, asking)],
        "grants": list_grants(platform, asking),
        "teams": list_teams(platform, asking),
    }
