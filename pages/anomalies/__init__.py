"""The place of Anomalies in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "anomalies"
PAGE = PageEntry(
    section=Section.EXPLORE,
    position=7,
    title="Anomalies",
    icon="crisis_alert",
    draw=page("pages.anomalies.page"),
    url_path="anomalies",
    permission=Permission.METRIC_QUERY,
)
