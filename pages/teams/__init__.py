"""The place of Teams in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "teams"
PAGE = PageEntry(
    section=Section.ADMIN,
    position=2,
    title="Teams",
    icon="account_tree",
    draw=page("pages.teams.page"),
    url_path="teams",
    permission=Permission.MEMBER_READ,
)
