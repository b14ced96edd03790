"""Salesforce's REST API: tokens, describe, SOQL with pages, and the list of deleted records.

SOQL is run by SQLite, which reads the part of it that is sent here once the moments are quoted.
"""

import datetime as dt
import json
import re
import sqlite3
import string
from collections.abc import Iterable, Sequence
from typing import ClassVar
from urllib.parse import parse_qs

from tests.sync.plants import Row
from tests.sync.vendors.plant import Answer, ApiPlant
from tests.sync.vendors.server import Query

_API = "/services/data/v60.0"
# The real one gives up to 2,000; smaller pages make more of them.
_PAGE = 100
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_DIGITS = string.digits + string.ascii_lowercase
_FIELDS = {"Id": "id", "Name": "string", "Amount": "currency", "CloseDate": "date", "SystemModstamp": "datetime"}


class SalesforcePlant(ApiPlant):
    """Opportunities of an organisation."""

    kind = "salesforce"
    stream = "Opportunity"
    key = "Id"
    names: ClassVar = {
        "id": "Id", "name": "Name", "amount": "Amount", "closed_on": "CloseDate", "updated_at": "SystemModstamp",
        "region": "region__c",
    }  # fmt: skip
    cursor_field = "SystemModstamp"

    def __init__(self) -> None:
        self.issued = 0
        self.covers_days = 15
        self.fields = dict(_FIELDS)
        self.deleted: list[tuple[str, dt.datetime]] = []
        self._located: dict[str, list[dict[str, object]]] = {}
        self._data = sqlite3.connect(":memory:", check_same_thread=False)
        self._data.row_factory = sqlite3.Row
        self._data.execute(f"CREATE TABLE Opportunity ({', '.join(_FIELDS)}, PRIMARY KEY (Id))")
        super().__init__()

    @property
    def values(self) -> dict[str, object]:
        return {
            "base_url": self.server.address, "client_id": "3MVG9", "client_secret": self.token,
            "timeout_s": self.timeout_s, "objects": "Opportunity",
        }  # fmt: skip

    def close(self) -> None:
        super().close()
        self._data.close()

    def put(self, rows: Sequence[Row]) -> None:
        super().put(rows)
        names = list(self.fields)
        ours = {theirs: name for name, theirs in self.names.items()}
        values = [[_sent(name, row.get(ours[name])) for name in names] for row in rows]
        statement = f"INSERT OR REPLACE INTO Opportunity ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        with self.lock:
            self._data.executemany(statement, values)

    def remove(self, ids: Iterable[int]) -> None:
        with self.lock:
            for number in ids:
                del self.records[number]
                self._data.execute("DELETE FROM Opportunity WHERE Id = ?", [_id(number)])
                self.deleted.append((_id(number), dt.datetime.now(dt.UTC)))

    def add_column(self, name: str) -> None:
        super().add_column(name)
        self.fields[self.theirs(name)] = "string"
        self._data.execute(f"ALTER TABLE Opportunity ADD COLUMN {self.theirs(name)} DEFAULT 'new'")

    def drop_column(self, name: str) -> None:
        super().drop_column(name)
        del self.fields[self.theirs(name)]
        self._data.execute(f"ALTER TABLE Opportunity DROP COLUMN {self.theirs(name)}")

    def number(self, key: str) -> int:
        return int(key.removeprefix("006"), 36)

    def answer(self, _method: str, path: str, query: Query, body: object) -> Answer:
        if path == "/services/oauth2/token":
            form = parse_qs(str(body))
            if (form["grant_type"], form["client_secret"]) != (["client_credentials"], [self.token]):
                return 400, {}, {"error": "invalid_client", "error_description": "invalid client credentials"}
            self.issued += 1
            return 200, {}, {"access_token": f"00D!{self.issued}", "token_type": "Bearer"}
        if query["authorization"] != f"Bearer 00D!{self.issued}":
            return 401, {}, [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
        if path == f"{_API}/query":
            return self._query(query["q"])
        if path.startswith(f"{_API}/query/"):
            return self._located_page(path.rpartition("/")[2])
        if path == f"{_API}/limits":
            return 200, {}, {"DailyApiRequests": {"Max": 15_000, "Remaining": 14_998}}
        if path == f"{_API}/sobjects/Opportunity/describe":
            fields = [{"name": name, "type": kind} for name, kind in self.fields.items()]
            return 200, {}, {"name": "Opportunity", "replicateable": True, "fields": fields}
        if path == f"{_API}/sobjects/Opportunity/deleted":
            return self._list_deleted(query)
        return 404, {}, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]

    def expire(self) -> None:
        """The token that was given out is not taken any more."""
        self.issued += 1

    def _query(self, soql: str) -> Answer:
        if "FROM Organization" in soql:
            return 200, {}, {"totalSize": 1, "done": True, "records": [{"Id": f"00D{self.account}", "Name": "Acme"}]}
        found = self._data.execute(_MOMENT.sub(lambda match: f"'{match[0]}'", soql)).fetchall()
        locator = f"01g{len(self._located)}"
        self._located[locator] = [
            {"attributes": {"type": "Opportunity"}} | {name: _shown(name, row[name]) for name in row.keys()}  # noqa: SIM118
            for row in found
        ]
        return self._located_page(f"{locator}-0")

    def _located_page(self, place: str) -> Answer:
        locator, _, offset = place.partition("-")
        if locator not in self._located:
            return 400, {}, [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]
        records, start = self._located[locator], int(offset)
        more = start + _PAGE < len(records)
        following = {"nextRecordsUrl": f"{_API}/query/{locator}-{start + _PAGE}"} if more else {}
        page = records[start : start + _PAGE]
        return 200, {}, {"totalSize": len(records), "done": not more, "records": page, **following}

    def _list_deleted(self, query: Query) -> Answer:
        start, end = (dt.datetime.fromisoformat(query[name]) for name in ("start", "end"))
        assert end - start >= dt.timedelta(minutes=1)
        kept = [(key, at) for key, at in self.deleted if start <= at < end]
        earliest = dt.datetime.now(dt.UTC) - dt.timedelta(days=self.covers_days)
        return 200, {}, {
            "deletedRecords": [{"id": key, "deletedDate": at.isoformat()} for key, at in kept],
            "earliestDateAvailable": earliest.isoformat(),
            "latestDateCovered": end.isoformat(),
        }  # fmt: skip


def _id(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return "006" + digits.rjust(15, "0")


def _sent(name: str, value: object) -> object:
    if name == "Id":
        return _id(int(str(value)))
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return value.isoformat() if isinstance(value, dt.date) else value


def _shown(name: str, value: object) -> object:
    return str(value).replace("Z", "+0000") if name == "SystemModstamp" else json.loads(json.dumps(value))
