"""Guests on both metadata databases: let in, put on record, and shown one published notebook."""

import pytest
from sqlalchemy import select

from core.errors import ForbiddenError
from notebooks import DescribeNotebook
from services.folders import create_folder, list_folders
from services.guests.links import create_public_link, list_public_links, remove_public_link
from services.guests.rules import GuestRules, change_rules
from services.guests.ticket import Ticket, Way
from services.guests.visits import (
    GuestRefused,
    PasswordNeeded,
    admit,
    enter_password,
    find_guest,
    find_visit,
)
from services.notebook_editing import edit_notebook, trash_notebook
from services.notebooks import list_notebooks, require_notebook, save_notebooks
from services.organisation import create_tenant
from services.platform import Platform
from services.signin import SigninRefused
from tenants.access import operator
from tenants.schema import AuditRow

NOTEBOOK = "notebook: {name}\ntitle: {name}\ncells: [{{name: words, kind: text, text: words of {name}}}]"
PASSWORD = "plumb and level"


def test_a_guest_is_let_in_by_link_and_password_and_sees_one_published_notebook(platform: Platform) -> None:
    acme = operator(create_tenant(platform, slug="acme", name="Acme"))
    save_notebooks(platform, acme, {f"{name}.yaml": NOTEBOOK.format(name=name) for name in ("board", "other")})
    create_folder(platform, acme, "Folder")
    with pytest.raises(ForbiddenError, match="no role 'absent' here"):
        change_rules(platform, acme, GuestRules(role="absent", has_links=True))
    change_rules(platform, acme, GuestRules(role="executive", has_links=True))
    address = create_public_link(platform, acme, "board", days=1, password=PASSWORD)
    token = address.removesuffix("/").rpartition("/")[2]
    with pytest.raises(PasswordNeeded):
        find_visit(platform, Ticket(way=Way.LINK, token=token, proof="x"))
    with pytest.raises(SigninRefused):
        enter_password(platform, token, "plumb or level")
    ticket = Ticket(way=Way.LINK, token=token, proof=enter_password(platform, token, PASSWORD))
    visit = find_visit(platform, ticket)
    admit(platform, visit)
    guest = visit.principal
    assert [facts.name for facts in list_notebooks(platform, guest)] == ["board"]
    assert list_folders(platform, guest) == []
    edit_notebook(platform, acme, "board", DescribeNotebook(title="Not published yet", description=""))
    assert require_notebook(platform, guest, "board", is_draft=True).title == "board"
    with pytest.raises(ForbiddenError):
        require_notebook(platform, guest, "other")
    with platform.session() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.tenant_id == acme.tenant.id).order_by(AuditRow.sequence))
        told = [(row.action, row.subject) for row in rows if row.action.startswith(("guest:", "public-link:"))]
    assert told == [("public-link:created", "board"), ("guest:refused", "board"), ("guest:admitted", "board")]
    trash_notebook(platform, acme, "board")
    assert find_guest(platform, ticket) is None
    trash_notebook(platform, acme, "board", is_trashed=False)
    assert find_guest(platform, ticket) is not None
    remove_public_link(platform, acme, list_public_links(platform, acme, "board")[0].id)
    with pytest.raises(GuestRefused):
        find_visit(platform, ticket)
