"""Sources and runs as lines and rows of text."""

from typing import cast

Answer = dict[str, object]
_COUNTS = ("rows_in", "added", "updated", "deleted", "quarantined")


def stream_rows(source: Answer) -> list[list[str]]:
    """How each stream of a source is synced."""
    streams = cast(dict[str, Answer], source["streams"])
    return [
        [
            name,
            str(one["table"]),
            str(one["mode"]),
            ", ".join(cast(list[str], one["key"])),
            str(one["cursor_field"] or ""),
        ]
        for name, one in streams.items()
    ]


def source_rows(answer: Answer) -> list[list[str]]:
    """The sources with their newest run."""
    rows = []
    for source in cast(list[Answer], answer["sources"]):
        newest = cast(Answer | None, source["newest"])
        told = "never" if newest is None else f"{newest['status']} {str(newest['started_at'])[:16].replace('T', ' ')}"
        count = str(len(cast(dict[str, object], source["streams"])))
        rows.append([str(source["name"]), str(source["kind"]), str(source["detail"]), count, told])
    return rows


def kind_lines(answer: Answer) -> list[str]:
    """What can be added."""
    kinds = cast(dict[str, Answer], answer["kinds"])
    return [
        "",
        "Kinds to add:",
        *(f"  {name}: {one['label']} ({', '.join(cast(list[str], one['fields']))})" for name, one in kinds.items()),
    ]


def found_rows(answer: Answer) -> list[list[str]]:
    """The streams that a source has."""
    return [
        [
            str(stream["name"]),
            str(len(cast(dict[str, str], stream["columns"])) or ""),
            "" if stream["rows"] is None else f"{stream['rows']:,}",
            ", ".join(cast(list[str], stream["key"])),
        ]
        for stream in cast(list[Answer], answer["streams"])
    ]


def run_line(run: Answer) -> str:
    """A finished run in a sentence."""
    if run["status"] == "failed":
        return f"{run['source']} failed: {run['message']}"
    came, added, updated, deleted, aside = (cast(int, run[name]) for name in _COUNTS)
    counts = f"{came:,} rows in, {added:,} added, {updated:,} updated, {deleted:,} deleted"
    told = f", {aside:,} set aside" if aside else ""
    return f"{run['source']} is {run['status']}: {counts}{told}, in {run['seconds']} s."


def run_rows(answer: Answer) -> list[list[str]]:
    """Runs with their counts."""
    return [
        [
            str(run["started_at"])[:19].replace("T", " "),
            str(run["source"]),
            str(run["status"]),
            "" if run["seconds"] is None else str(run["seconds"]),
            *(f"{run[name]:,}" for name in _COUNTS),
        ]
        for run in cast(list[Answer], answer["runs"])
    ]


def log_lines(run: Answer) -> list[str]:
    """What a run said."""
    return ["", f"{run['source']}, {str(run['started_at'])[:19].replace('T', ' ')}:", *cast(list[str], run["log"])]
