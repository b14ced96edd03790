"""Lists a tenant's sources and what there is to add."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "source-list"


class Request(CommandRequest):
    """Which tenant's."""

    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """The sources, each with its newest run, and the kinds there are."""
    from connectors.registry import source_kinds
    from services.sync.report import run_as_json, source_as_json
    from services.sync.runs import list_runs
    from services.sync.sources import list_sources

    principal = operator(platform.tenant(request.tenant))
    sources = []
    for source in list_sources(platform, principal):
        runs = list_runs(platform, principal, source.name, limit=1)
        sources.append({**source_as_json(source), "newest": run_as_json(runs[0]) if runs else None})
    kinds = {
        name: {"label": kind.LABEL, "fields": list(kind.Config.model_fields)} for name, kind in source_kinds().items()
    }
    return {"sources": sources, "kinds": kinds}
