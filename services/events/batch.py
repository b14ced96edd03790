"""A batch of events as it is sent: which of them can be kept, and why the others cannot."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from core.errors import InvalidError, LimitError

MOST_EVENTS = 1_000
MOST_BYTES = 1_000_000
_MOST_EVENT_BYTES = 32_000
_AHEAD = dt.timedelta(days=1)


class Event(BaseModel):
    """What happened (`event`) when (`at`) to whom. `id` is the sender's own: one of an id that came is the same."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, max_length=200)
    event: str = Field(min_length=1, max_length=200)
    at: AwareDatetime
    user_id: str | None = Field(default=None, max_length=200)
    account_id: str | None = Field(default=None, max_length=200)
    properties: dict[str, JsonValue] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An event that cannot be kept: its place in the batch, from 0, and why."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The events of a batch, one for each id, and those that cannot be kept."""

    events: tuple[Event, ...]
    refused: tuple[Refused, ...]
    repeated: int


def parse_batch(body: bytes, *, now: dt.datetime) -> Parsed:
    """Events from the JSON `{"events": [...]}`. Raises LimitError, InvalidError where there is no such list."""
    if len(body) > MOST_BYTES:
        raise LimitError(f"A batch has at most {MOST_BYTES:,} bytes; this one has {len(body):,}. Send it in parts.")
    try:
        content = json.loads(body)
    except ValueError:
        raise InvalidError('The body is no JSON. Send {"events": [...]}.') from None
    found = content.get("events") if isinstance(content, Mapping) else None
    if not isinstance(found, list):
        raise InvalidError('The body has no list of events. Send {"events": [...]}.')
    if len(found) > MOST_EVENTS:
        raise LimitError(f"A batch has at most {MOST_EVENTS:,} events; this one has {len(found):,}. Send it in parts.")
    kept: dict[str, Event] = {}
    refused: list[Refused] = []
    for index, one in enumerate(found):
        event = _parse(one, now)
        if isinstance(event, str):
            refused.append(Refused(index=index, reason=event))
        else:
            # The first of an id stays, as it does when they come in two batches.
            kept.setdefault(event.id, event)
    return Parsed(events=tuple(kept.values()), refused=tuple(refused), repeated=len(found) - len(kept) - len(refused))


def _parse(value: object, now: dt.datetime) -> Event | str:
    """An event, or why it is none."""
    try:
        event = Event.model_validate(value)
    except ValidationError as error:
        return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'event'}: {one['msg']}" for one in error.errors())
    size = len(json.dumps(event.properties))
    if size > _MOST_EVENT_BYTES:
        return f"properties: at most {_MOST_EVENT_BYTES:,} bytes, not {size:,}"
    if event.at > now + _AHEAD:
        return f"at: {event.at.isoformat()} is more than a day ahead"
    return event
