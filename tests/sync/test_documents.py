"""What is special to spreadsheets and to Notion: links, sheets as tables, types of properties, many relations."""

import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from connectors.contract import Reach, StreamPlan, SyncMode
from connectors.errors import AccessRevokedError
from connectors.kinds import google_sheets, notion
from connectors.kinds.google_sheets.config import find_workbook
from connectors.kinds.notion.database import Database
from core.errors import InvalidError
from services.platform import Platform
from services.sync.sources import try_source
from tenants.access import Principal
from tests.sync.plants import deal
from tests.sync.vendors.notion import NotionPlant
from tests.sync.vendors.plant import Answer
from tests.sync.vendors.server import Query, serving


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("docs.google.com/spreadsheets/d/e/2PACX-1v_x/pubhtml?gid=0", "/spreadsheets/d/e/2PACX-1v_x/pub?output=xlsx"),
        ("docs.google.com/spreadsheets/d/e/2PACX-1v_x/pub?output=csv", "/spreadsheets/d/e/2PACX-1v_x/pub?output=xlsx"),
        ("docs.google.com/spreadsheets/d/1aB_c/edit?usp=sharing", "/spreadsheets/d/1aB_c/export?format=xlsx"),
        ("docs.google.com/document/d/1aB_c/edit", None),
        ("user@docs.google.com/spreadsheets/d/1aB_c/edit", None),
    ],
)  # fmt: skip
def test_published_and_shared_links_lead_to_a_workbook(link: str, path: str | None) -> None:
    found = find_workbook(f"https://{link}")
    assert (found.path if found else None) == path


def reach(folder: Path) -> Reach:
    return Reach(work=folder / "work", folders=None, is_operators=True)


def test_each_sheet_is_a_table_with_numbers_and_days_as_they_are(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "Plan"
    for row in (("day", "amount"), (dt.date(2026, 1, 2), 1.5), (dt.date(2026, 1, 3), 2)):
        book["Plan"].append(row)
    book.create_sheet("Team").append(("name",))
    book["Team"].append(("Ann",))
    file = io.BytesIO()
    book.save(file)

    def answer(_method: str, path: str, query: Query, _body: object) -> Answer:
        assert (path, query["format"]) == ("/spreadsheets/d/abc/export", "xlsx")
        return 200, {"Content-Type": "application/octet-stream"}, file.getvalue()

    with serving(answer) as server:
        config = google_sheets.Config.model_validate({"link": f"{server.address}/spreadsheets/d/abc/edit"})
        with google_sheets.connect(config, reach(tmp_path)) as connection:
            names = [stream.name for stream in connection.discover()]
            assert names == ["plan", "team"]
            rows = [
                row
                for batch in connection.read(StreamPlan(name="plan", mode=SyncMode.FULL), None)
                for row in (batch.rows.to_pylist() if batch.rows is not None else [])
            ]
    assert [(row["day"], float(row["amount"])) for row in rows] == [
        (dt.date(2026, 1, 2), 1.5), (dt.date(2026, 1, 3), 2.0)
    ]  # fmt: skip


@pytest.mark.parametrize("status", [200, 404, 410])
def test_a_sheet_that_is_not_published_any_more_says_who_must_do_what(status: int, tmp_path: Path) -> None:
    def answer(_method: str, _path: str, _query: Query, _body: object) -> Answer:
        return status, {"Content-Type": "text/html; charset=utf-8"}, b"<html>Sorry</html>"

    with serving(answer) as server:
        link = f"{server.address}/spreadsheets/d/e/2PACX-secret/pubhtml"
        config = google_sheets.Config.model_validate({"link": link})
        assert "2PACX-secret" not in google_sheets.describe(config) + repr(config)
        with (
            google_sheets.connect(config, reach(tmp_path)) as connection,
            pytest.raises(AccessRevokedError, match="is not published any more"),
        ):
            connection.check()


def test_another_address_than_a_spreadsheets_is_refused_before_anything_is_asked(
    platform: Platform, asking: Principal
) -> None:
    with pytest.raises(InvalidError, match="a link is like https://docs"):
        try_source(platform, asking, "google_sheets", {"link": "https://example.com/data.csv"})


def test_every_type_of_a_property_of_notion_is_a_value() -> None:
    text = [{"plain_text": "a "}, {"plain_text": "b"}]
    told: dict[str, object] = {
        "title": text, "rich_text": text, "number": 1.5, "select": {"name": "x"}, "status": {"name": "Done"},
        "multi_select": [{"name": "x"}, {"name": "y"}], "people": [{"id": "u1", "name": "Ann"}, {"id": "u2"}],
        "checkbox": False, "url": "https://example.com", "email": None, "phone_number": "1",
        "relation": [{"id": "b"}, {"id": "a"}], "unique_id": {"prefix": "T", "number": 7},
        "formula": {"type": "number", "number": 3}, "rollup": {"type": "number", "number": None},
        "date": {"start": "2026-01-02T23:30:00.000-05:00", "end": "2026-01-04"},
        "created_by": {"id": "u1", "name": "Ann"}, "files": [{"name": "a.pdf"}],
    }  # fmt: skip
    database = Database(id="d", name="D", properties={kind: kind for kind in told})
    moment = "2026-01-01T00:00:00.000Z"
    page = {
        "id": "p", "created_time": moment, "last_edited_time": moment, "url": "u",
        "properties": {kind: {"id": kind, "type": kind, kind: value} for kind, value in told.items()},
    }  # fmt: skip
    (row,) = database.table([page]).to_pylist()
    # What every page has keeps its name.
    named = {name: "url property" if name == "url" else name for name in told}
    assert {name: row[named[name]] for name in told} == {
        "title": "a b", "rich_text": "a b", "number": Decimal("1.5"), "select": "x", "status": "Done",
        "multi_select": "x, y", "people": "Ann, u2", "checkbox": False, "url": "https://example.com", "email": None,
        "phone_number": "1", "relation": "a,b", "unique_id": "T-7", "formula": Decimal(3), "rollup": None,
        "date": dt.date(2026, 1, 2), "created_by": "Ann", "files": "a.pdf",
    }  # fmt: skip
    assert (row["date at"], row["date end"]) == (dt.datetime(2026, 1, 3, 4, 30, tzinfo=dt.UTC), dt.date(2026, 1, 4))


@pytest.fixture
def workspace() -> Iterator["Related"]:
    plant = Related()
    yield plant
    plant.close()


class Related(NotionPlant):
    """A page with more relations than a page tells."""

    def page(self, number: int) -> dict[str, object]:
        told = super().page(number)
        first = {"id": "r%3D", "type": "relation", "relation": [{"id": "0"}], "has_more": True}
        return {**told, "properties": {"Team": first}}

    def database(self) -> dict[str, object]:
        return {**super().database(), "properties": {"Team": {"id": "r%3D", "type": "relation"}}}

    def answer(self, method: str, path: str, query: Query, body: object) -> Answer:
        if "/properties/" in path:
            start = int(query.get("start_cursor", 0))
            items: list[dict[str, object]] = [
                {"type": "relation", "relation": {"id": f"{number:03}"}}
                for number in range(start, min(start + 100, 130))
            ]
            return self._list(items, str(start + 100) if start + 100 < 130 else None)
        return super().answer(method, path, query, body)


def test_a_page_of_notion_with_many_relations_is_asked_for_all_of_them(workspace: Related, tmp_path: Path) -> None:
    workspace.put([deal(1)])
    config = notion.Config.model_validate(workspace.values)
    with notion.connect(config, reach(tmp_path)) as connection:
        (batch,) = connection.read(StreamPlan(name="Deals", mode=SyncMode.FULL), None)
    assert batch.rows is not None
    assert batch.rows["Team"].to_pylist() == [",".join(f"{number:03}" for number in range(130))]
