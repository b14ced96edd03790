"""The place of Syncs in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "syncs"
PAGE = PageEntry(
    section=Section.DATA,
    position=3,
    title="Syncs",
    icon="sync",
    draw=page("pages.syncs.page"),
    url_path="syncs",
    permission=Permission.DATA_READ,
)
