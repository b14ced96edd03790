"""The place of Experiments in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "experiments"
PAGE = PageEntry(
    section=Section.EXPLORE,
    position=10,
    title="Experiments",
    icon="science",
    draw=page("pages.experiments.page"),
    url_path="experiments",
    permission=Permission.METRIC_QUERY,
)
