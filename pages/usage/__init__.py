"""The place of Usage in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "usage"
PAGE = PageEntry(
    section=Section.ADMIN,
    position=70,
    title="Usage",
    icon="data_usage",
    draw=page("pages.usage.page"),
    url_path="usage",
    permission=Permission.USAGE_READ,
)
