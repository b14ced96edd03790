"""The place of Attribution in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "attribution"
PAGE = PageEntry(
    section=Section.EXPLORE,
    position=9,
    title="Attribution",
    icon="hub",
    draw=page("pages.attribution.page"),
    url_path="attribution",
    permission=Permission.METRIC_QUERY,
)
