"""An open Salesforce organisation (REST API).

What changed is read in the order of (stamp, id), so that an interrupted read goes on behind the last record; a query is
one snapshot, so it is asked again until nothing is left behind its end. Deleted records are listed by Salesforce for a
few weeks; a source that was not synced for longer, or an object without such a list, has all its ids compared.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

import pyarrow as pa

from connectors.contract import Batch, Cursor, Reach, SourceConfig, Stream, StreamPlan, SyncMode
from connectors.errors import AccessRevokedError, MalformedError, TerminalSourceError, TransientSourceError
from connectors.http import Auth, HttpClient, fetch_token, open_client
from connectors.kinds.salesforce.config import Config, own
from connectors.kinds.salesforce.objects import Record, SalesforceObject, ids_table, literal
from core.errors import InvalidError
from core.names import suggestion

_API = "/services/data/v60.0"
# While records are read others change; after so many queries the rest is left to the next run.
_MOST_QUERIES = 10
_BUSY = "REQUEST_LIMIT_EXCEEDED"
# The list of deleted records wants to begin a minute before it ends.
_SHORTEST_LIST = dt.timedelta(seconds=120)


@contextmanager
def connect(config: SourceConfig, reach: Reach) -> Iterator["SalesforceConnection"]:
    """Open an organisation. Raises SourceError, OutboundRefused."""
    mine = own(config)
    address = f"{mine.base_url.rstrip('/')}/services/oauth2/token"
    secret = mine.client_secret.get_secret_value()
    auth = Auth.renewed(lambda: fetch_token(address, mine.client_id, secret, reach, timeout_s=mine.timeout_s))
    with open_client(mine.base_url, auth, reach, timeout_s=mine.timeout_s, busy_word=_BUSY) as client:
        yield SalesforceConnection(client, mine)


class SalesforceConnection:
    """One organisation."""

    def __init__(self, client: HttpClient, config: Config) -> None:
        self._client = client
        self._names = [name for name in (part.strip() for part in config.objects.split(",")) if name]

    def check(self) -> str:
        """The organisation's id."""
        (organisation,) = next(self._pages("SELECT Id, Name FROM Organization"))
        return f"Salesforce organisation {organisation['Id']}"

    def discover(self) -> Sequence[Stream]:
        """The chosen objects with all their fields."""
        return [self._describe(name).stream for name in self._names]

    def read(self, plan: StreamPlan, cursor: Cursor | None) -> Iterator[Batch]:
        """All records, or what changed behind the cursor."""
        kind = self._describe(plan.name)
        if plan.mode is SyncMode.FULL:
            for page in self._pages(kind.query()):
                yield Batch(rows=kind.table(page), declared=kind.columns)
            yield Batch(rows=kind.table([]), declared=kind.columns)
            return
        if plan.cursor_field not in kind.fields:
            raise InvalidError(f"{plan.name}: to read what changed, a field such as SystemModstamp is needed.")
        yield from self._changes(kind, plan, cursor or {})

    def read_keys(self, plan: StreamPlan) -> Iterator[pa.Table]:
        """The ids of all records."""
        for page in self._pages(self._describe(plan.name).query(fields=("Id",))):
            yield ids_table([str(one["Id"]) for one in page])

    def _changes(self, kind: SalesforceObject, plan: StreamPlan, cursor: Cursor) -> Iterator[Batch]:
        """`base` and `seen` are of the last finished read: up to when it read, and when it began by their clock."""
        stamp, base, seen = str(plan.cursor_field), str(cursor.get("base") or ""), str(cursor.get("seen") or "")
        since = literal(_moment(base) - dt.timedelta(seconds=plan.lag_s)) if base else ""
        began = str(cursor.get("began") or "") or self._now().isoformat()
        after = cast(Sequence[str], cursor.get("after") or ())
        for _ in range(_MOST_QUERIES):
            count = 0
            for page in self._pages(kind.query(stamp, since, after)):
                count += len(page)
                if page:
                    after = [literal(_moment(page[-1][stamp])), str(page[-1]["Id"])]
                    going = {"base": base, "seen": seen, "began": began, "after": list(after)}
                    yield Batch(rows=kind.table(page), declared=kind.columns, cursor=going)
            if not count:
                break
        newest = _moment(after[0]).isoformat() if after else base or began
        keys, covered = self._deleted(kind, plan, seen)
        yield Batch(cursor={"base": min(newest, began), "seen": min(began, covered or began)}, **keys)

    def _deleted(self, kind: SalesforceObject, plan: StreamPlan, seen: str) -> tuple[dict[str, pa.Table], str]:
        """The keys of what was deleted since the last finished read, or of all there is; and up to when it tells."""
        if not seen or plan.mode is SyncMode.APPEND:
            return {}, ""
        start = _moment(seen) - max(_SHORTEST_LIST, dt.timedelta(seconds=plan.lag_s))
        if kind.lists_deleted:
            # Asked for at the end: what was deleted while the changes were read is in it.
            asked = {"start": start.isoformat(), "end": (self._now() + dt.timedelta(seconds=1)).isoformat()}
            content = cast(Record, self._client.get(f"{_API}/sobjects/{kind.name}/deleted", asked).content)
            if _moment(content["earliestDateAvailable"]) <= start:
                gone = ids_table([str(one["id"]) for one in _list(content, "deletedRecords")])
                return {"deleted": gone}, _moment(content["latestDateCovered"]).isoformat()
        return {"present": pa.concat_tables([ids_table([]), *self.read_keys(plan)])}, ""

    def _describe(self, name: str) -> SalesforceObject:
        if name not in self._names:
            raise TerminalSourceError(f"The source reads no object {name}. {suggestion(name, self._names)}")
        content = self._client.get(f"{_API}/sobjects/{name}/describe").content
        return SalesforceObject.described(name, cast(Record, content))

    def _pages(self, query: str) -> Iterator[list[Record]]:
        content = cast(Record, self._client.get(f"{_API}/query", {"q": query}).content)
        yield _list(content, "records")
        while following := content.get("nextRecordsUrl"):
            content = cast(Record, self._next(str(following)))
            yield _list(content, "records")

    def _next(self, path: str) -> object:
        try:
            return self._client.get(path).content
        except AccessRevokedError:
            raise
        except TerminalSourceError as error:
            # What names a page lives for some time only; the query is asked again behind what is committed.
            raise TransientSourceError(f"The place in the query was lost: {error.message}") from None

    def _now(self) -> dt.datetime:
        """By the clock that stamps the records."""
        return self._client.get(f"{_API}/limits").sent_at


def _list(content: Mapping[str, object], name: str) -> list[Record]:
    found = content.get(name) if isinstance(content, Mapping) else None
    if not isinstance(found, list):
        raise MalformedError(f"Salesforce's answer has no {name}.")
    return found


def _moment(value: object) -> dt.datetime:
    return dt.datetime.fromisoformat(str(value)).astimezone(dt.UTC)
