"""The place of Forecast in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "forecast"
PAGE = PageEntry(
    section=Section.EXPLORE,
    position=6,
    title="Forecast",
    icon="query_stats",
    draw=page("pages.forecast.page"),
    url_path="forecast",
    permission=Permission.METRIC_QUERY,
)
