"""The place of Ask in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "ask"
PAGE = PageEntry(
    section=Section.EXPLORE,
    position=1,
    title="Ask",
    icon="search_insights",
    draw=page("pages.ask.page"),
    url_path="ask",
    permission=Permission.METRIC_QUERY,
)
