"""Which streams of a source are synced, and how: what was asked for, or what fits the stream best."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from connectors.contract import Capabilities, Stream, StreamPlan, SyncMode
from core.errors import InvalidError
from core.names import identifier, suggestion

_CHANGED = (
    "updated_at", "update_time", "modified_at", "last_modified", "lastmodifieddate", "hs_lastmodifieddate",
    "systemmodstamp", "updated", "modified",
)  # fmt: skip


class StreamChoice(BaseModel):
    """How one stream is synced, and the table it fills."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    mode: SyncMode = SyncMode.FULL
    key: tuple[str, ...] = ()
    cursor_field: str | None = None
    lag_s: int = Field(default=0, ge=0, le=30 * 86_400)
    finds_deleted: bool = False

    def plan(self, stream: str) -> StreamPlan:
        """What the connector is asked for."""
        return StreamPlan(
            name=stream,
            mode=self.mode,
            key=self.key,
            cursor_field=self.cursor_field,
            lag_s=self.lag_s,
            finds_deleted=self.finds_deleted,
        )


class StreamWish(BaseModel):
    """What somebody asked of a stream; what is not said is chosen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: SyncMode | None = None
    key: tuple[str, ...] | None = None
    cursor_field: str | None = None
    lag_s: int = Field(default=0, ge=0, le=30 * 86_400)


def choose_streams(
    streams: Sequence[Stream], wishes: Mapping[str, StreamWish], capabilities: Capabilities, *, prefix: str = ""
) -> dict[str, StreamChoice]:
    """A choice for each wish, or for every stream where there is no wish. Raises InvalidError naming the nearest."""
    found = {stream.name: stream for stream in streams}
    if not found:
        raise InvalidError("The source has no table that could be read.")
    for name in wishes:
        if name not in found:
            raise InvalidError(f"The source has no stream {name!r}. {suggestion(name, found)}")
    choices = {
        name: _choose(found[name], wish, capabilities, prefix)
        for name, wish in (wishes or dict.fromkeys(found, StreamWish())).items()
    }
    _require_own_tables(choices)
    return choices


def _choose(stream: Stream, wish: StreamWish, capabilities: Capabilities, prefix: str) -> StreamChoice:
    key = stream.key if wish.key is None else wish.key
    cursor = wish.cursor_field or _cursor_of(stream, wish.mode)
    can_follow = capabilities.has_cursor and cursor is not None and bool(key)
    mode = wish.mode or (SyncMode.INCREMENTAL if can_follow and _tells_changes(cursor) else SyncMode.FULL)
    known = stream.columns.names
    for name in (*key, *([cursor] if mode is not SyncMode.FULL and cursor else [])):
        if known and name not in known:
            raise InvalidError(f"{stream.name} has no column {name!r}. {suggestion(name, known)}")
    if mode is not SyncMode.FULL and not can_follow:
        raise InvalidError(_why_not(stream, key, cursor, capabilities, mode))
    is_full = mode is SyncMode.FULL
    return StreamChoice(
        table=identifier(prefix + stream.name, fallback="table")[:60],
        mode=mode,
        key=key,
        cursor_field=None if is_full else cursor,
        lag_s=0 if is_full else wish.lag_s or stream.lag_s,
        finds_deleted=mode is SyncMode.INCREMENTAL and capabilities.has_keys,
    )


def _cursor_of(stream: Stream, mode: SyncMode | None) -> str | None:
    """The column whose name says that it tells of changes; otherwise the only one there is to choose."""
    named = next((name for name in stream.cursor_fields if _tells_changes(name)), None)
    if named is not None or mode is None:
        return named
    return stream.cursor_fields[0] if len(stream.cursor_fields) == 1 else None


def _tells_changes(name: str | None) -> bool:
    return name is not None and identifier(name) in _CHANGED


def _why_not(stream: Stream, key: Sequence[str], cursor: str | None, capabilities: Capabilities, mode: SyncMode) -> str:
    if not capabilities.has_cursor:
        return f"{stream.name} can be read in full only: this kind of source does not tell what changed."
    if not key:
        return (
            f"{stream.name} has no key of its own. Name the columns that tell its rows apart, to sync it {mode.value}."
        )
    there = ", ".join(stream.cursor_fields) or "none that tells of times"
    return f"{stream.name} needs a cursor column to be synced {mode.value}. There are: {there}." if not cursor else ""


def _require_own_tables(choices: Mapping[str, StreamChoice]) -> None:
    taken: dict[str, str] = {}
    for name, choice in choices.items():
        if choice.table in taken:
            raise InvalidError(
                f"The streams {taken[choice.table]} and {name} would both fill the table {choice.table}."
            )
        taken[choice.table] = name
