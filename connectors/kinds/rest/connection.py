"""An open API: reads endpoints page by page."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pyarrow as pa

from connectors.contract import Batch, Cursor, Reach, SourceConfig, Stream, StreamPlan, SyncMode
from connectors.errors import AccessRevokedError, TerminalSourceError, TransientSourceError
from connectors.http.client import Answer, HttpClient, open_client
from connectors.kinds.rest.config import own
from connectors.kinds.rest.endpoint import Changes, Endpoint, parse_endpoints
from connectors.kinds.rest.paging import Page, RowsMovedError, next_page, parameters, without_overlap
from connectors.kinds.rest.place import Place, iso, place_of
from connectors.kinds.rest.records import Record, find_path, list_key, list_rows, records_of, rows_of, split_deleted
from connectors.kinds.rest.signin import auth_of
from connectors.rows import build_table_of_records
from core.errors import InvalidError
from core.names import suggestion

_MOST_RESTARTS = 10


@contextmanager
def connect(config: SourceConfig, reach: Reach) -> Iterator["RestConnection"]:
    """Open an API. Raises SourceError, OutboundRefused."""
    mine = own(config)
    with open_client(mine.base_url, auth_of(mine, reach), reach, timeout_s=mine.timeout_s) as client:
        yield RestConnection(client, parse_endpoints(mine.endpoints))


class RestConnection:
    """Endpoints of one API."""

    def __init__(self, client: HttpClient, endpoints: Mapping[str, Endpoint]) -> None:
        self._client = client
        self._endpoints = endpoints

    def check(self) -> str:
        """Make sure that the first endpoint answers; whose data it is cannot be told."""
        self._page(next(iter(self._endpoints.values())), Page(), {})
        return ""

    def discover(self) -> Sequence[Stream]:
        """The endpoints and the lists within them, with the columns of the first page."""
        streams: list[Stream] = []
        for endpoint in self._endpoints.values():
            records, _ = self._page(endpoint, Page(), {})
            fields = (endpoint.changes.field,) if endpoint.changes else ()
            records, _ = split_deleted(records, endpoint)
            columns = build_table_of_records(rows_of(records, endpoint)).schema
            streams.append(Stream(name=endpoint.name, columns=columns, key=endpoint.key, cursor_fields=fields))
            for name, path in endpoint.lists.items():
                entries = build_table_of_records(list_rows(records, endpoint, path)).schema
                streams.append(Stream(name=f"{endpoint.name}_{name}", columns=entries, key=list_key(endpoint)))
        return streams

    def read(self, plan: StreamPlan, cursor: Cursor | None) -> Iterator[Batch]:
        """Every page, or those of records that changed."""
        endpoint, path = self._find(plan.name)
        if plan.mode is SyncMode.FULL:
            for records, _, _ in self._pages(endpoint, Page(), {}):
                there, _ = split_deleted(records, endpoint)
                rows = rows_of(there, endpoint) if path is None else list_rows(there, endpoint, path)
                yield Batch(rows=_table(rows))
            return
        if endpoint.changes is None or path is not None:
            raise InvalidError(f"{plan.name} has no `changes` in its endpoint; it can be read in full only.")
        place = place_of(cursor, plan.lag_s)
        for _ in range(_MOST_RESTARTS):
            try:
                for batch, following in self._read_changes(endpoint, endpoint.changes, place):
                    place = following
                    yield batch
            except RowsMovedError:
                place = place.restart()
            except AccessRevokedError:
                raise
            except TerminalSourceError:
                if not place.is_resumed:
                    raise
                # What names a page does not live for ever.
                place = place.restart()
            else:
                return
        raise TransientSourceError(f"{plan.name}: rows were moved between its pages again and again.")

    def read_keys(self, plan: StreamPlan) -> Iterator[pa.Table]:
        """Not of an API in general: most cannot list keys alone."""
        raise InvalidError(f"{plan.name}: this kind cannot list keys. Sync it in full to find deleted rows.")

    def records(self, stream: str) -> Iterator[Sequence[Record]]:
        """The records of an endpoint as they come, page by page."""
        for records, _, _ in self._pages(self._find(stream)[0], Page(), {}):
            yield records

    def _read_changes(self, endpoint: Endpoint, changes: Changes, place: Place) -> Iterator[tuple[Batch, Place]]:
        asked = {changes.parameter: place.since} if place.since else {}
        for records, sent_at, following in self._pages(endpoint, place.page, asked):
            moments = [iso(find_path(record, changes.field)) for record in records]
            place = place.behind(moments, sent_at, following)
            there, gone = split_deleted(records, endpoint)
            keys = [{name: row.get(name) for name in endpoint.key} for row in rows_of(gone, endpoint)]
            yield (
                Batch(
                    rows=_table(rows_of(there, endpoint)),
                    deleted=_table(keys),
                    cursor=place.as_cursor(),
                ),
                place,
            )

    def _pages(
        self, endpoint: Endpoint, page: Page, asked: Mapping[str, str]
    ) -> Iterator[tuple[Sequence[Record], dt.datetime, Page | None]]:
        following: Page | None = page
        while following is not None:
            page = following
            records, answer = self._page(endpoint, page, asked)
            new = without_overlap(endpoint, page, records)
            following = next_page(endpoint, page, answer, new)
            yield new, answer.sent_at, following

    def _page(self, endpoint: Endpoint, page: Page, asked: Mapping[str, str]) -> tuple[list[Record], Answer]:
        if page.address:
            answer = self._client.get(page.address)
        else:
            answer = self._client.get(endpoint.path, {**parameters(endpoint, page), **asked})
        return records_of(answer.content, endpoint), answer

    def _find(self, name: str) -> tuple[Endpoint, str | None]:
        """The endpoint of a stream, and the path of the list where the stream is one within its records."""
        for endpoint in self._endpoints.values():
            if endpoint.name == name:
                return endpoint, None
            for part, path in endpoint.lists.items():
                if f"{endpoint.name}_{part}" == name:
                    return endpoint, path
        raise TerminalSourceError(f"The API has no endpoint {name}. {suggestion(name, self._endpoints)}")


def _table(rows: Sequence[Record]) -> pa.Table | None:
    """Rows as a table; None for none, as nobody knows its columns."""
    return build_table_of_records(rows) if rows else None
