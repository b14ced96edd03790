"""The place of Scores in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "scores"
PAGE = PageEntry(
    section=Section.EXPLORE,
    position=11,
    title="Scores",
    icon="speed",
    draw=page("pages.scores.page"),
    url_path="scores",
    permission=Permission.METRIC_QUERY,
)
