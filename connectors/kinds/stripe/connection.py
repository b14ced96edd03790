"""An open Stripe account.

Lists come newest first, behind the id of an object. What changed is told by events, which Stripe keeps for 30 days:
each object they name is fetched as it is now. A source that was not synced for that long is listed anew, and the ids
that are there tell what was deleted.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

import pyarrow as pa

from connectors.contract import Batch, Cursor, Reach, SourceConfig, Stream, StreamPlan, SyncMode
from connectors.errors import AccessRevokedError, MalformedError, TerminalSourceError
from connectors.http import Auth, HttpClient, open_client
from connectors.kinds.stripe.config import own
from connectors.kinds.stripe.objects import ITEM_COLUMNS, ITEMS, OBJECTS, ObjectType, Record, item_row
from connectors.rows import build_table
from core.names import suggestion

_PAGE = "100"
# The version whose fields are read, whatever the account's own one is.
_VERSION = {"Stripe-Version": "2024-06-20"}
_EVENTS_KEPT_S = 29 * 86_400
_ACCOUNT = "/v1/account"


@contextmanager
def connect(config: SourceConfig, reach: Reach) -> Iterator["StripeConnection"]:
    """Open an account. Raises SourceError, OutboundRefused."""
    mine = own(config)
    auth = Auth.bearer(mine.key.get_secret_value())
    with open_client(mine.base_url, auth, reach, timeout_s=mine.timeout_s, headers=_VERSION) as client:
        yield StripeConnection(client)


class StripeConnection:
    """One account."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    def check(self) -> str:
        """The account's id."""
        return f"Stripe account {cast(Record, self._client.get(_ACCOUNT).content).get('id')}"

    def discover(self) -> Sequence[Stream]:
        """Every list, with the columns of its first page."""
        lists = [kind.stream(next(self._listed(kind.name, kind.params))) for kind in OBJECTS.values()]
        return [*lists, Stream(name=ITEMS, columns=ITEM_COLUMNS, key=("id",))]

    def read(self, plan: StreamPlan, cursor: Cursor | None) -> Iterator[Batch]:
        """All objects, or those that events tell of."""
        if plan.name == ITEMS:
            yield from self._items()
            return
        kind = _require(plan.name)
        if plan.mode is SyncMode.FULL:
            for page in self._listed(kind.name, kind.params):
                yield Batch(rows=kind.table(page) if page else None)
            return
        place = dict(cursor or {})
        if "since" not in place:
            now = int(self._client.get(_ACCOUNT).sent_at.timestamp())
            base = cast(int | None, place.pop("base", None))
            is_lost = base is not None and now - base > _EVENTS_KEPT_S
            if base is None or is_lost:
                place = yield from self._read_all(kind, {"began": now, "is_lost": is_lost, **place})
            else:
                place = {"since": base - plan.lag_s - 1, "began": now}
        yield from self._read_events(kind, place)

    def read_keys(self, plan: StreamPlan) -> Iterator[pa.Table]:
        """The ids of all objects."""
        kind = _require(plan.name)
        for page in self._listed(kind.name, kind.params):
            yield _ids([str(one["id"]) for one in page])

    def _items(self) -> Iterator[Batch]:
        """What every subscription there is or was is for. A subscription tells its first items itself."""
        declared = {field.name: field.type for field in ITEM_COLUMNS}
        for page in self._listed("subscriptions", {"status": "all"}):
            rows = [item_row(one, item) for one in page for item in self._items_of(one)]
            yield Batch(rows=build_table(ITEM_COLUMNS.names, rows, declared), declared=ITEM_COLUMNS)

    def _items_of(self, subscription: Record) -> list[Record]:
        told = cast(Mapping[str, list[Record]], subscription["items"])
        if not told.get("has_more"):
            return told["data"]
        asked = {"subscription": str(subscription["id"])}
        return [item for page in self._listed("subscription_items", asked) for item in page]

    def _read_all(self, kind: ObjectType, place: dict[str, object]) -> Generator[Batch, None, dict[str, object]]:
        """The whole list, `listed` is the last id; gives the place of the events that came since it began."""
        for page in self._listed(kind.name, kind.params, str(place.get("listed") or "")):
            if page:
                place = {**place, "listed": page[-1]["id"]}
                yield Batch(rows=kind.table(page), cursor=place)
        began = cast(int, place["began"])
        following: dict[str, object] = {"since": began - 1, "began": began}
        if place["is_lost"]:
            keys = self.read_keys(StreamPlan(name=kind.name, mode=SyncMode.FULL))
            yield Batch(present=pa.concat_tables([_ids([]), *keys]), cursor=following)
        return following

    def _read_events(self, kind: ObjectType, place: Cursor) -> Iterator[Batch]:
        """Objects that events since `since` name, each once; `after` is the last event that is dealt with."""
        asked = {"type": kind.events, "created[gte]": str(place["since"])}
        seen: set[str] = set()
        for page in self._listed("events", asked, str(place.get("after") or "")):
            named = dict.fromkeys(_subject(event, kind) for event in page)
            ids = [number for number in named if number and number not in seen]
            seen.update(ids)
            found = {number: self._find(kind, number) for number in ids}
            rows = [one for one in found.values() if one is not None]
            gone = [number for number, one in found.items() if one is None]
            if page:
                place = {**place, "after": page[-1]["id"]}
                yield Batch(rows=kind.table(rows) if rows else None, deleted=_ids(gone), cursor=place)
        yield Batch(cursor={"base": place["began"]})

    def _find(self, kind: ObjectType, number: str) -> Record | None:
        """An object as it is now; None where it was deleted."""
        found = self._client.find(f"/v1/{kind.name}/{number}")
        content = None if found is None else cast(Record, found.content)
        return None if content is None or content.get("deleted") else content

    def _listed(self, name: str, params: Mapping[str, str], after: str = "") -> Iterator[list[Record]]:
        while True:
            asked = {"limit": _PAGE, **params} | ({"starting_after": after} if after else {})
            try:
                content = cast(Record, self._client.get(f"/v1/{name}", asked).content)
            except AccessRevokedError:
                raise
            except TerminalSourceError:
                if not after:
                    raise
                # The object behind which the list went on was deleted.
                after = ""
                continue
            page = content.get("data") if isinstance(content, Mapping) else None
            if not isinstance(page, list):
                raise MalformedError(f"Stripe's answer for {name} has no data.")
            yield page
            if not content.get("has_more") or not page:
                return
            after = str(page[-1]["id"])


def _require(name: str) -> ObjectType:
    if name not in OBJECTS:
        raise TerminalSourceError(f"Stripe has no {name} here. {suggestion(name, [*OBJECTS, ITEMS])}")
    return OBJECTS[name]


def _subject(event: Record, kind: ObjectType) -> str | None:
    """The id of the object that an event is about, where it is of that kind."""
    data = cast(Mapping[str, Record], event.get("data") or {})
    about = data.get("object") or {}
    return str(about["id"]) if about.get("object") == kind.kind else None


def _ids(ids: Sequence[str]) -> pa.Table:
    return pa.table({"id": pa.array(ids, pa.string())})
