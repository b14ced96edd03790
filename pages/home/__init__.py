"""The place of Home in the navigation."""

from app.ui.navigation import PageEntry, Section, page

KIND = "home"
PAGE = PageEntry(
    section=Section.OVERVIEW,
    position=1,
    title="Home",
    icon="home",
    draw=page("pages.home.page"),
    url_path="",
)
