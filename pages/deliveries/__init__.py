"""The place of Deliveries in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "deliveries"
PAGE = PageEntry(
    section=Section.BUILD,
    position=4,
    title="Deliveries",
    icon="outgoing_mail",
    draw=page("pages.deliveries.page"),
    url_path="deliveries",
    permission=Permission.REPORT_EXPORT,
)
