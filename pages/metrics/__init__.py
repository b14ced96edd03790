"""The place of Metrics in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "metrics"
PAGE = PageEntry(
    section=Section.BUILD,
    position=3,
    title="Metrics",
    icon="functions",
    draw=page("pages.metrics.page"),
    url_path="metrics",
    permission=Permission.DEFINITION_READ,
)
