"""The place of Audit in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "audit"
PAGE = PageEntry(
    section=Section.ADMIN,
    position=60,
    title="Audit",
    icon="policy",
    draw=page("pages.audit.page"),
    url_path="audit",
    permission=Permission.AUDIT_READ,
)
