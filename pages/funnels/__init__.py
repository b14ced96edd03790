"""The place of Funnels in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "funnels"
PAGE = PageEntry(
    section=Section.EXPLORE,
    position=2,
    title="Funnels",
    icon="filter_alt",
    draw=page("pages.funnels.page"),
    url_path="funnels",
    permission=Permission.METRIC_QUERY,
)
