"""A spreadsheet that is published to the web, as a workbook; one that is not answers with a page that says sorry."""

import datetime as dt
import io
from typing import ClassVar

from openpyxl import Workbook

from tests.sync.plants import COLUMNS, Row
from tests.sync.vendors.plant import Answer, ApiPlant
from tests.sync.vendors.server import Query

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SheetsPlant(ApiPlant):
    """A sheet of deals. The token is the part of the link that opens it."""

    kind = "google_sheets"
    stream = "deals"
    names: ClassVar = {name: name for name in COLUMNS}
    cursor_field = "updated_at"
    can_follow = False
    keeps_nul = False
    has_identity = False
    # The workbook is fetched once for each sync.
    most_before_a_fault = 0

    @property
    def values(self) -> dict[str, object]:
        return self.values_at(self.server.address)

    def values_at(self, address: str) -> dict[str, object]:
        return {
            "link": f"{address}/spreadsheets/d/e/{self._link}/pubhtml?gid=0", "table": "deals",
            "timeout_s": self.timeout_s,
        }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._link = self.token

    def answer(self, _method: str, path: str, query: Query, _body: object) -> Answer:
        if path != f"/spreadsheets/d/e/{self.token}/pub":
            return 200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>Sorry, it is not published.</html>"
        assert query["output"] == "xlsx"
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Deals")
        sheet.append(list(self.columns))
        for record in self.records.values():
            # The numbers of a sheet are doubles; larger ones are texts in it.
            sheet.append([_cell(record.get(name)) for name in self.columns])
        file = io.BytesIO()
        book.save(file)
        return 200, {"Content-Type": _TYPE}, file.getvalue()

    def stored(self, row: Row) -> Row:
        return {name: row[name] for name in (*self.names, "region") if name in row}


def _cell(value: object) -> object:
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    return value.isoformat() if isinstance(value, dt.date) else value
