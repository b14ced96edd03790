"""The place of Members in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "members"
PAGE = PageEntry(
    section=Section.ADMIN,
    position=1,
    title="Members",
    icon="group",
    draw=page("pages.members.page"),
    url_path="members",
    permission=Permission.MEMBER_READ,
)
