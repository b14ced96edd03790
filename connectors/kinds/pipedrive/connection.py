"""An open Pipedrive company: its lists are endpoints as a REST source has them; own fields get their names."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import pyarrow as pa

from connectors.contract import Batch, Cursor, Reach, SourceConfig, Stream, StreamPlan
from connectors.http import Auth, HttpClient, open_client
from connectors.kinds.pipedrive.config import own
from connectors.kinds.rest.connection import RestConnection
from connectors.kinds.rest.endpoint import parse_endpoints
from connectors.rows import build_table

_FIELDS = {
    "deals": "dealFields",
    "archived_deals": "dealFields",
    "persons": "personFields",
    "organizations": "organizationFields",
    "activities": "activityFields",
    "products": "productFields",
}
# How a value of a field of one's own is called in a row; what follows is the field's code.
_OWN = "custom_fields_"


@contextmanager
def connect(config: SourceConfig, reach: Reach) -> Iterator["PipedriveConnection"]:
    """Open a company. Raises SourceError, OutboundRefused."""
    mine = own(config)
    auth = Auth(header="x-api-token", value=mine.token.get_secret_value())
    with open_client(mine.base_url, auth, reach, timeout_s=mine.timeout_s) as client:
        yield PipedriveConnection(client)


class PipedriveConnection(RestConnection):
    """One company."""

    def __init__(self, client: HttpClient) -> None:
        super().__init__(client, parse_endpoints((Path(__file__).parent / "endpoints.yaml").read_text()))

    def check(self) -> str:
        """The company's id."""
        content = cast(Mapping[str, Mapping[str, object]], self._client.get("/v1/users/me").content)
        return f"Pipedrive company {content['data'].get('company_id')}"

    def discover(self) -> Sequence[Stream]:
        """Every list, with the columns of its first page."""
        return [
            replace(one, columns=_renamed(pa.Table.from_batches([], one.columns), self._own_fields(one.name)).schema)
            for one in super().discover()
        ]

    def read(self, plan: StreamPlan, cursor: Cursor | None) -> Iterator[Batch]:
        """All records, or what changed behind the cursor."""
        names = self._own_fields(plan.name)
        for batch in super().read(plan, cursor):
            yield batch if batch.rows is None else replace(batch, rows=_renamed(batch.rows, names))

    def read_keys(self, plan: StreamPlan) -> Iterator[pa.Table]:
        """The ids of all records."""
        for page in self.records(plan.name):
            ids = [[one["id"]] for one in page if not one.get("is_deleted")]
            yield build_table(["id"], ids, {"id": pa.int64()})

    def _own_fields(self, stream: str) -> dict[str, str]:
        """The names of fields that the company made itself, by their codes."""
        if stream not in _FIELDS:
            return {}
        path, asked = f"/api/v2/{_FIELDS[stream]}", {"limit": "500"}
        fields: list[Mapping[str, str]] = []
        while True:
            content = cast(Mapping[str, object], self._client.get(path, asked).content)
            fields += cast(Sequence[Mapping[str, str]], content["data"])
            following = cast(Mapping[str, str], content.get("additional_data") or {}).get("next_cursor")
            if not following:
                return {one["field_code"]: one["field_name"] for one in fields if one.get("is_custom_field")}
            asked = {**asked, "cursor": following}


def _renamed(rows: pa.Table, names: Mapping[str, str]) -> pa.Table:
    """`custom_fields_<code>_value` as `custom_<name>_value`; fields of one name keep the beginning of their codes."""
    labels = list(names.values())
    told = {code: label if labels.count(label) == 1 else f"{label}_{code[:6]}" for code, label in names.items()}
    renamed = []
    for column in rows.column_names:
        code, _, part = column.removeprefix(_OWN).partition("_") if column.startswith(_OWN) else ("", "", "")
        renamed.append("_".join(filter(None, ("custom", told[code], part))) if code in told else column)
    return rows.rename_columns(renamed)
