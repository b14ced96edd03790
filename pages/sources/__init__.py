"""The place of Sources in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "sources"
PAGE = PageEntry(
    section=Section.DATA,
    position=1,
    title="Sources",
    icon="database",
    draw=page("pages.sources.page"),
    url_path="sources",
    permission=Permission.DATA_READ,
)
