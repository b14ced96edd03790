"""The place of Data browser in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "data_browser"
PAGE = PageEntry(
    section=Section.DATA,
    position=2,
    title="Data browser",
    icon="table_view",
    draw=page("pages.data_browser.page"),
    url_path="data-browser",
    permission=Permission.DATA_READ,
)
