"""The place of Alerts in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "alerts"
PAGE = PageEntry(
    section=Section.BUILD,
    position=5,
    title="Alerts",
    icon="notifications",
    draw=page("pages.alerts.page"),
    url_path="alerts",
    permission=Permission.ALERT_MANAGE,
)
