"""An open HubSpot account (CRM API v3).

What changed is found by search, whose pages shift while objects change and end at 10,000 results. So no second page is
asked for: each search begins behind the last moment, and objects that share one are gone through by their ids.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

import pyarrow as pa

from connectors.contract import Batch, Cursor, Reach, SourceConfig, Stream, StreamPlan, SyncMode
from connectors.errors import AccessRevokedError, MalformedError, TerminalSourceError
from connectors.http import Auth, HttpClient, open_client
from connectors.kinds.hubspot.config import own
from connectors.kinds.hubspot.streams import (
    ASSOCIATED,
    CHANGE_COLUMNS,
    CHANGES,
    FOLLOWED,
    OWNERS,
    STAGES,
    ObjectType,
    change_rows,
    typed,
)
from connectors.rows import build_table, build_table_of_records
from core.names import suggestion

_PAGE = 100
_ACCOUNT = "/account-info/v3/details"
_Object = Mapping[str, object]


@contextmanager
def connect(config: SourceConfig, reach: Reach) -> Iterator["HubSpotConnection"]:
    """Open an account. Raises SourceError, OutboundRefused."""
    mine = own(config)
    auth = Auth.bearer(mine.token.get_secret_value())
    with open_client(mine.base_url, auth, reach, timeout_s=mine.timeout_s) as client:
        yield HubSpotConnection(client)


class HubSpotConnection:
    """One account."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    def check(self) -> str:
        """The account's number."""
        details = cast(_Object, self._client.get(_ACCOUNT).content)
        return f"HubSpot account {details.get('portalId')}"

    def discover(self) -> Sequence[Stream]:
        """Objects with all their properties, owners, the stages of deals and their changes."""
        small = [Stream(name=name, columns=pa.schema([]), key=("id",)) for name in (OWNERS, STAGES)]
        changes = Stream(name=CHANGES, columns=CHANGE_COLUMNS, key=("change_id",))
        return [*(kind.stream for kind in self._allowed_types()), *small, changes]

    def read(self, plan: StreamPlan, cursor: Cursor | None) -> Iterator[Batch]:
        """All objects, or those that changed; owners and stages in full."""
        if plan.name in {OWNERS, STAGES}:
            rows = self._owners() if plan.name == OWNERS else self._stages()
            yield Batch(rows=build_table_of_records(rows) if rows else None)
        elif plan.name == CHANGES:
            yield from self._deal_changes()
        elif plan.mode is SyncMode.FULL:
            kind = self._type(plan.name)
            for page in self._listed(kind.name, {"properties": ",".join(kind.properties), **_associations(kind)}):
                yield _batch(kind, page)
            yield _batch(kind, [])
        else:
            yield from self._changes(self._type(plan.name), plan, cursor or {})

    def read_keys(self, plan: StreamPlan) -> Iterator[pa.Table]:
        """The ids of all objects."""
        for page in self._listed(plan.name, {"properties": "hs_object_id"}):
            yield build_table(["id"], [[one["id"]] for one in page], {"id": pa.string()})

    def _deal_changes(self) -> Iterator[Batch]:
        """The history of deals' properties, which comes with at most 50 deals at once."""
        declared = {field.name: field.type for field in CHANGE_COLUMNS}
        asked = {"propertiesWithHistory": ",".join(FOLLOWED), "properties": "hs_object_id", "limit": "50"}
        for page in self._listed("deals", asked):
            rows = [row for one in page for row in change_rows(one)]
            yield Batch(rows=build_table(CHANGE_COLUMNS.names, rows, declared), declared=CHANGE_COLUMNS)

    def _changes(self, kind: ObjectType, plan: StreamPlan, cursor: Cursor) -> Iterator[Batch]:
        """Objects by (moment, id) behind the last one; `after` is where an unfinished read stood."""
        after = cast(list[str] | None, cursor.get("after"))
        base = str(cursor.get("base") or "")
        start = str(cursor.get("start") or "") if after else _earlier(base, plan.lag_s)
        began = str(cursor["began"]) if after else self._client.get(_ACCOUNT).sent_at.isoformat()
        for page in self._searched(kind, start, after):
            last = page[-1]
            after = [_moment(last, kind), str(last["id"])]
            yield _batch(kind, self._with_associations(kind, page), {"start": start, "began": began, "after": after})
        newest = after[0] if after else base or began
        yield Batch(cursor={"base": min(_iso(newest), _iso(began))})

    def _searched(self, kind: ObjectType, start: str, after: list[str] | None) -> Iterator[list[_Object]]:
        while True:
            if after is not None:
                same = {"propertyName": kind.changed, "operator": "EQ", "value": after[0]}
                number = after[1]
                while page := self._search(kind, [same, _greater("hs_object_id", number)], "hs_object_id"):
                    yield page
                    number = str(page[-1]["id"])
            since = [{"propertyName": kind.changed, "operator": "GTE", "value": start}] if start else []
            page = self._search(kind, since if after is None else [_greater(kind.changed, after[0])], kind.changed)
            # Objects of one moment come in any order; a read goes on behind the last id of the last moment.
            page.sort(key=lambda one: (_moment(one, kind), int(str(one["id"]))))
            if len(page) < _PAGE:
                if page:
                    yield page
                return
            # Of the last moment there may be more than fit on the page: all of them are read by their ids.
            after = [_moment(page[-1], kind), "0"]
            earlier = [one for one in page if _moment(one, kind) != after[0]]
            if earlier:
                yield earlier

    def _search(self, kind: ObjectType, filters: list[dict[str, str]], order: str) -> list[_Object]:
        body: dict[str, object] = {
            "filterGroups": [{"filters": filters}] if filters else [],
            "sorts": [order],
            "properties": list(kind.properties),
            "limit": _PAGE,
            "after": "0",
        }
        return _results(self._client.post(f"/crm/v3/objects/{kind.name}/search", body).content)

    def _with_associations(self, kind: ObjectType, page: list[_Object]) -> list[_Object]:
        """Search tells no associations: they are read for the whole page at once."""
        found: dict[str, dict[str, object]] = {str(one["id"]): {} for one in page}
        for other in ASSOCIATED[kind.name]:
            body: dict[str, object] = {"inputs": [{"id": number} for number in found]}
            answer = self._client.post(f"/crm/v3/associations/{kind.name}/{other}/batch/read", body)
            for one in _results(answer.content):
                number = str(cast(_Object, one["from"])["id"])
                found[number][other] = {"results": one["to"]}
        return [{**one, "associations": found[str(one["id"])]} for one in page]

    def _listed(self, name: str, params: Mapping[str, str]) -> Iterator[list[_Object]]:
        after = ""
        while True:
            asked = {"limit": str(_PAGE), **params} | ({"after": after} if after else {})
            content = self._client.get(f"/crm/v3/objects/{name}", asked).content
            yield _results(content)
            paging = cast(Mapping[str, Mapping[str, str]], cast(_Object, content).get("paging") or {})
            after = str((paging.get("next") or {}).get("after") or "")
            if not after:
                return

    def _allowed_types(self) -> list[ObjectType]:
        """The types of objects that the token may read. Raises AccessRevokedError where it may read none."""
        found, refused = [], None
        for name in ASSOCIATED:
            try:
                found.append(self._type(name))
            except AccessRevokedError as error:
                refused = error
        if refused is not None and not found:
            raise refused
        return found

    def _type(self, name: str) -> ObjectType:
        if name not in ASSOCIATED:
            raise TerminalSourceError(
                f"HubSpot has no {name} here. {suggestion(name, [*ASSOCIATED, OWNERS, STAGES, CHANGES])}"
            )
        found = _results(self._client.get(f"/crm/v3/properties/{name}").content)
        return ObjectType(name=name, properties={str(one["name"]): str(one["type"]) for one in found})

    def _owners(self) -> list[dict[str, object]]:
        found = _results(self._client.get("/crm/v3/owners", {"limit": "500"}).content)
        return [{name: one.get(name) for name in ("id", "email", "firstName", "lastName")} for one in found]

    def _stages(self) -> list[dict[str, object]]:
        pipelines = _results(self._client.get("/crm/v3/pipelines/deals").content)
        return [
            {
                "id": stage["id"],
                "pipeline": pipeline["label"],
                "label": stage["label"],
                "position": stage["displayOrder"],
                "probability": typed(cast(Mapping[str, str], stage.get("metadata") or {}).get("probability"), "number"),
            }
            for pipeline in pipelines
            for stage in cast(list[_Object], pipeline["stages"])
        ]


def _greater(name: str, value: str) -> dict[str, str]:
    return {"propertyName": name, "operator": "GT", "value": value}


def _results(content: object) -> list[_Object]:
    found = content.get("results") if isinstance(content, Mapping) else None
    if not isinstance(found, list):
        raise MalformedError("HubSpot's answer has no results.")
    return found


def _associations(kind: ObjectType) -> dict[str, str]:
    others = ASSOCIATED[kind.name]
    return {"associations": ",".join(others)} if others else {}


def _batch(kind: ObjectType, objects: Sequence[_Object], cursor: Cursor | None = None) -> Batch:
    columns = kind.columns
    rows = [_row(kind, one) for one in objects]
    declared = {field.name: field.type for field in columns}
    return Batch(rows=build_table(columns.names, rows, declared), declared=columns, cursor=cursor or {})


def _row(kind: ObjectType, one: _Object) -> list[object]:
    properties = cast(Mapping[str, str | None], one["properties"])
    values = [_value(properties.get(name), type_) for name, type_ in kind.properties.items()]
    associations = cast(Mapping[str, Mapping[str, list[Mapping[str, object]]]], one.get("associations") or {})
    ids = [
        ",".join(sorted({str(to["id"]) for to in associations.get(other, {}).get("results", [])})) or None
        for other in ASSOCIATED[kind.name]
    ]
    return [str(one["id"]), *values, *ids]


def _value(text: str | None, kind: str) -> object:
    value = typed(text, kind)
    if isinstance(value, str) and kind in {"date", "datetime"}:
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            return value
        return moment.date() if kind == "date" else moment
    return value


def _moment(one: _Object, kind: ObjectType) -> str:
    return str(cast(Mapping[str, str], one["properties"])[kind.changed])


def _iso(moment: str) -> str:
    return dt.datetime.fromisoformat(moment).astimezone(dt.UTC).isoformat()


def _earlier(moment: str, seconds: int) -> str:
    return (dt.datetime.fromisoformat(moment) - dt.timedelta(seconds=seconds)).isoformat() if moment else ""
