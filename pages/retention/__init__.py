"""The place of Retention in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "retention"
PAGE = PageEntry(
    section=Section.EXPLORE,
    position=3,
    title="Retention",
    icon="grid_on",
    draw=page("pages.retention.page"),
    url_path="retention",
    permission=Permission.METRIC_QUERY,
)
