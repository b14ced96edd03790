"""The place of Notebooks in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "notebooks"
PAGE = PageEntry(
    section=Section.BUILD,
    position=1,
    title="Notebooks",
    icon="article",
    draw=page("pages.notebooks.page"),
    url_path="notebooks",
    permission=Permission.NOTEBOOK_READ,
)
