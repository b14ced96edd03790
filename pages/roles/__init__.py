"""The place of Roles and policies in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "roles"
PAGE = PageEntry(
    section=Section.ADMIN,
    position=3,
    title="Roles and policies",
    icon="shield_person",
    draw=page("pages.roles.page"),
    url_path="roles",
    permission=Permission.ROLE_READ,
)
