"""The place of Lifecycle in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "lifecycle"
PAGE = PageEntry(
    section=Section.EXPLORE,
    position=4,
    title="Lifecycle",
    icon="cycle",
    draw=page("pages.lifecycle.page"),
    url_path="lifecycle",
    permission=Permission.METRIC_QUERY,
)
