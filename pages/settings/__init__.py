"""The place of Settings in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "settings"
PAGE = PageEntry(
    section=Section.ADMIN,
    position=80,
    title="Settings",
    icon="settings",
    draw=page("pages.settings.page"),
    url_path="settings",
    permission=Permission.TENANT_MANAGE,
)
