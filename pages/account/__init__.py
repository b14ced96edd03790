"""The place of Your account in the navigation."""

from app.ui.navigation import PageEntry, Section, page

KIND = "account"
PAGE = PageEntry(
    section=Section.YOU,
    position=100,
    title="Your account",
    icon="account_circle",
    draw=page("pages.account.page"),
    url_path="account",
)
