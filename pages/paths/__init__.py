"""The place of Paths in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "paths"
PAGE = PageEntry(
    section=Section.EXPLORE,
    position=8,
    title="Paths",
    icon="alt_route",
    draw=page("pages.paths.page"),
    url_path="paths",
    permission=Permission.METRIC_QUERY,
)
