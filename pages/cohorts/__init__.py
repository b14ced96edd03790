"""The place of Cohorts in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "cohorts"
PAGE = PageEntry(
    section=Section.BUILD,
    position=2,
    title="Cohorts",
    icon="group_work",
    draw=page("pages.cohorts.page"),
    url_path="cohorts",
    permission=Permission.METRIC_QUERY,
)
