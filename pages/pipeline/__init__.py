"""The place of Pipeline in the navigation."""

from app.ui.navigation import PageEntry, Section, page
from tenants.access import Permission

KIND = "pipeline"
PAGE = PageEntry(
    section=Section.EXPLORE,
    position=5,
    title="Pipeline",
    icon="waterfall_chart",
    draw=page("pages.pipeline.page"),
    url_path="pipeline",
    permission=Permission.METRIC_QUERY,
)
