"""An open Notion workspace (API version 2022-06-28).

Pages of a database are asked for in the order of their last change, which is told in whole minutes. A page that is
edited moves to the end, and with it what a place in the list means; so the next pages are asked for from the last
minute on, and a place is used within one minute only.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import cast

import pyarrow as pa

from connectors.contract import Batch, Cursor, Reach, SourceConfig, Stream, StreamPlan, SyncMode
from connectors.errors import AccessRevokedError, MalformedError, TerminalSourceError
from connectors.http import Auth, HttpClient, open_client
from connectors.kinds.notion.config import own
from connectors.kinds.notion.database import CHANGED, CREATED, Database, Record
from connectors.rows import build_table
from core.names import suggestion

_PAGE = 100
_VERSION = {"Notion-Version": "2022-06-28"}
_ME = "/v1/users/me"


@contextmanager
def connect(config: SourceConfig, reach: Reach) -> Iterator["NotionConnection"]:
    """Open a workspace. Raises SourceError, OutboundRefused."""
    mine = own(config)
    auth = Auth.bearer(mine.token.get_secret_value())
    with open_client(mine.base_url, auth, reach, timeout_s=mine.timeout_s, headers=_VERSION) as client:
        yield NotionConnection(client)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a read stands: the minute from which on pages are asked for, the place in it, and who was seen in it."""

    start: str
    began: str
    following: str = ""
    seen: tuple[str, ...] = ()

    def as_cursor(self) -> dict[str, object]:
        """As JSON."""
        return {"start": self.start, "began": self.began, "following": self.following, "seen": list(self.seen)}


class NotionConnection:
    """One workspace."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._found: dict[str, Database] = {}

    def check(self) -> str:
        """The integration in its workspace."""
        me = cast(Record, self._client.get(_ME).content)
        bot = cast(Record, me.get("bot") or {})
        return f"Notion workspace {bot.get('workspace_name')} (integration {me.get('id')})"

    def discover(self) -> Sequence[Stream]:
        """Every database that is shared with the integration."""
        return [database.stream for database in self._databases().values()]

    def read(self, plan: StreamPlan, cursor: Cursor | None) -> Iterator[Batch]:
        """All pages, or those that changed."""
        database = self._require(plan.name)
        if plan.mode is SyncMode.FULL:
            following = ""
            while True:
                pages, following = self._query(database, "", following)
                yield Batch(rows=self._table(database, pages), declared=database.columns)
                if not following:
                    return
        yield from self._changes(database, plan, cursor or {})

    def read_keys(self, plan: StreamPlan) -> Iterator[pa.Table]:
        """The ids of all pages."""
        database, following = self._require(plan.name), ""
        while True:
            pages, following = self._query(database, "", following)
            yield build_table(["id"], [[page["id"]] for page in pages], {"id": pa.string()})
            if not following:
                return

    def _changes(self, database: Database, plan: StreamPlan, cursor: Cursor) -> Iterator[Batch]:
        base = str(cursor.get("base") or "")
        if "began" in cursor:
            seen = tuple(cast(Sequence[str], cursor["seen"]))
            following, start = str(cursor["following"]), str(cursor["start"])
            place = _Place(start=start, began=str(cursor["began"]), following=following, seen=seen)
        else:
            began = self._client.get(_ME).sent_at.isoformat()
            place = _Place(start=_earlier(base, plan.lag_s), began=began)
        newest = place.start or base
        while True:
            pages, following = self._query_from(database, place)
            new = [page for page in pages if str(page["id"]) not in place.seen]
            place = _behind(place, pages, following)
            if pages:
                newest = _iso(pages[-1])
            yield Batch(rows=self._table(database, new), declared=database.columns, cursor=place.as_cursor())
            if not following:
                break
        # Nothing newer than its minute was seen of a read that began in it.
        yield Batch(cursor={"base": min(newest, place.began) if newest else place.began})

    def _query_from(self, database: Database, place: _Place) -> tuple[list[Record], str]:
        try:
            return self._query(database, place.start, place.following, by=CHANGED)
        except AccessRevokedError:
            raise
        except TerminalSourceError:
            if not place.following:
                raise
            # What names a place does not live for ever; the minute is read again.
            return self._query(database, place.start, "", by=CHANGED)

    def _query(self, database: Database, start: str, following: str, by: str = CREATED) -> tuple[list[Record], str]:
        """Some pages in an order, which stays the same by `created_time`, and the place of those that follow."""
        since = {"filter": {"timestamp": CHANGED, CHANGED: {"on_or_after": start}}} if start else {}
        body: dict[str, object] = {
            "page_size": _PAGE,
            "sorts": [{"timestamp": by, "direction": "ascending"}],
            **since,
            **({"start_cursor": following} if following else {}),
        }
        return _list(self._client.post(f"/v1/databases/{database.id}/query", body).content)

    def _table(self, database: Database, pages: Sequence[Record]) -> pa.Table:
        return database.table([self._completed(page) for page in pages])

    def _completed(self, page: Record) -> Record:
        """A page with all its relations: of more than 25 it tells the first ones only."""
        told = cast(Mapping[str, Record], page["properties"])
        whole = {
            name: {**value, "relation": self._relations(str(page["id"]), str(value["id"]))}
            for name, value in told.items()
            if value.get("type") == "relation" and value.get("has_more")
        }
        return {**page, "properties": {**told, **whole}} if whole else page

    def _relations(self, page: str, prop: str) -> list[object]:
        found: list[object] = []
        following = ""
        while True:
            asked = {"page_size": str(_PAGE)} | ({"start_cursor": following} if following else {})
            items, following = _list(self._client.get(f"/v1/pages/{page}/properties/{prop}", asked).content)
            found += [item["relation"] for item in items]
            if not following:
                return found

    def _databases(self) -> dict[str, Database]:
        """By name; databases of one name keep the beginning of their ids."""
        if not self._found:
            described: list[Database] = []
            following = ""
            while True:
                body: dict[str, object] = {
                    "filter": {"property": "object", "value": "database"}, "page_size": _PAGE,
                    **({"start_cursor": following} if following else {}),
                }  # fmt: skip
                items, following = _list(self._client.post("/v1/search", body).content)
                described += [Database.described(one) for one in items]
                if not following:
                    break
            names = [one.name for one in described]
            for one in described:
                own_name = one.name if names.count(one.name) == 1 else f"{one.name} {one.id[:8]}"
                self._found[own_name] = replace(one, name=own_name)
        return self._found

    def _require(self, name: str) -> Database:
        known = self._databases()
        if name not in known:
            raise TerminalSourceError(
                f"No database {name} is shared with the integration. {suggestion(name, known)} Share it again (in its "
                "menu: Connections), or add the source anew where it was renamed."
            )
        return known[name]


def _behind(place: _Place, pages: Sequence[Record], following: str) -> _Place:
    """The place behind some pages: from their last minute on, and within it only where none was later."""
    if not pages:
        return place
    last = _iso(pages[-1])
    ids = tuple(str(one["id"]) for one in pages if _iso(one) == last)
    if last == place.start:
        return replace(place, following=following, seen=() if following else (*place.seen, *ids))
    return replace(place, start=last, following="", seen=ids)


def _list(content: object) -> tuple[list[Record], str]:
    found = content.get("results") if isinstance(content, Mapping) else None
    if not isinstance(found, list) or not isinstance(content, Mapping):
        raise MalformedError("Notion's answer has no results.")
    return found, str(content.get("next_cursor") or "") if content.get("has_more") else ""


def _iso(page: Record) -> str:
    return dt.datetime.fromisoformat(str(page[CHANGED])).astimezone(dt.UTC).isoformat()


def _earlier(moment: str, seconds: int) -> str:
    return (dt.datetime.fromisoformat(moment) - dt.timedelta(seconds=seconds)).isoformat() if moment else ""
