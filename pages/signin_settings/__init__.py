"""The place of Sign-in in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "signin_settings"
PAGE = PageEntry(
    section=Section.ADMIN,
    position=4,
    title="Sign-in",
    icon="key",
    draw=page("pages.signin_settings.page"),
    url_path="signin-settings",
    permission=Permission.SIGNIN_CONFIGURE,
)
