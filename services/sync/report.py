"""Sources and runs as JSON, the same for the command line and the API."""

from services.sync.runs import SyncRun
from services.sync.sources import Checked, Source


def source_as_json(source: Source) -> dict[str, object]:
    """A source without its secrets."""
    return {
        "name": source.name,
        "kind": source.kind,
        "detail": source.detail,
        "identity": source.identity,
        "streams": {name: choice.model_dump(mode="json") for name, choice in source.streams.items()},
    }


def checked_as_json(checked: Checked) -> dict[str, object]:
    """What a source answered."""
    return {
        "identity": checked.identity,
        "streams": [
            {
                "name": stream.name,
                "rows": stream.rows,
                "key": list(stream.key),
                "cursor_fields": list(stream.cursor_fields),
                "columns": {field.name: str(field.type) for field in stream.columns},
            }
            for stream in checked.streams
        ],
    }


def run_as_json(run: SyncRun) -> dict[str, object]:
    """A run with its counts and its log."""
    seconds = None if run.ended_at is None else round((run.ended_at - run.started_at).total_seconds(), 3)
    return {
        "run": run.id,
        "source": run.source,
        "status": run.status.value,
        "started_at": run.started_at.isoformat(),
        "seconds": seconds,
        "started_by": run.started_by,
        **run.counts.as_values(),
        "code": run.code,
        "message": run.message,
        "log": list(run.log),
    }
