"""Notebooks as their members edit them: versions, publication, the trash, and SQL under each reader's policies."""

import datetime as dt
from dataclasses import replace

import pyarrow as pa
import pytest

from core.errors import ForbiddenError
from notebooks import (
    AddCell,
    CellRun,
    DeleteCell,
    EditConflict,
    InputCell,
    InputType,
    Notebook,
    NotebookError,
    ReplaceCell,
    RunMemory,
    SqlCell,
    TableOutput,
    TextCell,
    run_notebook,
)
from services.imports import load_tables
from services.notebook_asking import PrincipalAsk, data_key
from services.notebook_editing import (
    add_from_text,
    create_notebook,
    duplicate_notebook,
    edit_notebook,
    mark_favourite,
    publish_notebook,
    restore_version,
    trash_notebook,
)
from services.notebook_history import diff_versions, list_history
from services.notebooks import list_notebooks, require_notebook, save_notebooks, scope_of
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from tenants.access import Permission, Principal, operator

TEXT = TextCell(name="intro", text="Hello")
POLICY = """
policy: own-region
roles: [executive]
rows:
  - {table: deals, column: region, in: member.regions}
"""


@pytest.fixture
def analyst(platform: Platform) -> Principal:
    """An analyst of acme; a second tenant stands beside it."""
    create_tenant(platform, slug="other", name="Other")
    tenant = create_tenant(platform, slug="acme", name="Acme", calendar_day=dt.date(2026, 9, 1))
    rows = pa.table({"region": ["EMEA", "EMEA", "APAC", "O'Neil"], "amount": [1, 2, 4, 8]})
    load_tables(platform, operator(tenant), {"deals": rows})
    return add_member(platform, operator(tenant), email="ana@acme.example", name="Ana", role="analyst")


def reader_of(platform: Platform, analyst: Principal, **attributes: object) -> Principal:
    asking = operator(analyst.tenant)
    return add_member(
        platform, asking, email="eve@acme.example", name="Eve", role="executive", attributes=attributes or None
    )


def names(platform: Platform, principal: Principal, **options: object) -> list[str]:
    return [facts.name for facts in list_notebooks(platform, principal, **options)]  # type: ignore[arg-type]


def test_a_new_notebook_is_a_draft_until_it_is_published(platform: Platform, analyst: Principal) -> None:
    reader = reader_of(platform, analyst)
    made = create_notebook(platform, analyst, "  Weekly   Review! ")
    assert (made.name, made.title) == ("weekly-review", "Weekly Review!")
    assert create_notebook(platform, analyst, "Weekly review").name == "weekly-review-2"
    assert names(platform, reader) == []
    version = edit_notebook(platform, analyst, made.name, AddCell(cell=TEXT)).version
    publish_notebook(platform, analyst, made.name, version)
    edit_notebook(platform, analyst, made.name, AddCell(cell=TextCell(name="later", text="Not yet")))
    assert [cell.name for cell in require_notebook(platform, reader, made.name).cells] == ["intro"]
    draft = require_notebook(platform, analyst, made.name, is_draft=True)
    assert [cell.name for cell in draft.cells] == ["later", "intro"]
    [facts] = [one for one in list_notebooks(platform, analyst) if one.name == made.name]
    assert (facts.published, facts.version, facts.is_draft) == (2, 3, True)


def test_the_history_tells_each_change_and_any_version_comes_back(platform: Platform, analyst: Principal) -> None:
    name = create_notebook(platform, analyst, "N").name
    edit_notebook(platform, analyst, name, AddCell(cell=TEXT))
    edit_notebook(platform, analyst, name, ReplaceCell(before=TEXT, cell=replace(TEXT, text="Bye")))
    edit_notebook(platform, analyst, name, DeleteCell(cell=replace(TEXT, text="Bye")))
    history = list_history(platform, analyst, name)
    assert [(one.version, one.summary) for one in history] == [
        (4, "Removed intro"),
        (3, "Changed intro"),
        (2, "Added intro"),
        (1, "Made, without cells"),
    ]
    assert {one.saved_by for one in history} == {"ana@acme.example"}
    diff = diff_versions(platform, analyst, name, 2, 3)
    assert "-    text: Hello" in diff
    assert "+    text: Bye" in diff
    assert restore_version(platform, analyst, name, 2).cells == (TEXT,)
    assert list_history(platform, analyst, name)[0].version == 5


def test_an_undone_deletion_brings_the_cell_back_beside_what_others_did(platform: Platform, analyst: Principal) -> None:
    name = create_notebook(platform, analyst, "N").name
    edit_notebook(platform, analyst, name, AddCell(cell=TEXT))
    deleted = edit_notebook(platform, analyst, name, DeleteCell(cell=TEXT))
    edit_notebook(platform, analyst, name, AddCell(cell=TextCell(name="theirs", text="x")))
    back = edit_notebook(platform, analyst, name, deleted.undo)
    assert {cell.name for cell in back.notebook.cells} == {"intro", "theirs"}


def test_a_conflict_saves_nothing(platform: Platform, analyst: Principal) -> None:
    name = create_notebook(platform, analyst, "N").name
    edit_notebook(platform, analyst, name, AddCell(cell=TEXT))
    edit_notebook(platform, analyst, name, ReplaceCell(before=TEXT, cell=replace(TEXT, text="theirs")))
    with pytest.raises(EditConflict):
        edit_notebook(platform, analyst, name, ReplaceCell(before=TEXT, cell=replace(TEXT, text="mine")))
    assert list_history(platform, analyst, name)[0].version == 3


def test_the_trash_hides_and_gives_back(platform: Platform, analyst: Principal) -> None:
    name = create_notebook(platform, analyst, "N").name
    copy = duplicate_notebook(platform, analyst, name)
    assert (copy.name, copy.title) == ("n-copy", "N (copy)")
    trash_notebook(platform, analyst, name)
    assert names(platform, analyst) == ["n-copy"]
    assert names(platform, analyst, is_trash=True) == [name]
    with pytest.raises(ForbiddenError, match="There is no notebook 'n' here"):
        edit_notebook(platform, analyst, name, AddCell(cell=TEXT))
    trash_notebook(platform, analyst, name, is_trashed=False)
    assert names(platform, analyst) == [name, "n-copy"]


def test_search_and_favourites_are_of_the_member(platform: Platform, analyst: Principal) -> None:
    for title in ("Alpha", "Beta"):
        create_notebook(platform, analyst, title)
    edit_notebook(platform, analyst, "alpha", AddCell(cell=TextCell(name="t", text="About churn")))
    assert names(platform, analyst, search="CHURN about") == ["alpha"]
    mark_favourite(platform, analyst, "beta", is_favourite=True)
    assert names(platform, analyst) == ["beta", "alpha"]
    other = add_member(platform, operator(analyst.tenant), email="bo@acme.example", name="Bo", role="analyst")
    assert names(platform, other) == ["alpha", "beta"]
    mark_favourite(platform, analyst, "beta", is_favourite=False)
    assert names(platform, analyst) == ["alpha", "beta"]


def test_pasted_text_is_checked_and_never_replaces_a_notebook(platform: Platform, analyst: Principal) -> None:
    create_notebook(platform, analyst, "N")
    assert add_from_text(platform, analyst, "notebook: n\ntitle: N\n").name == "n-2"
    for text in ("a: &a [*a]", "!!python/object/apply:os.system [id]", "notebook: n\ntitle: N\ncells: [{kind: x}]"):
        with pytest.raises(NotebookError):
            add_from_text(platform, analyst, text)


@pytest.mark.parametrize("role", ["executive", "manager"])
def test_readers_change_nothing_and_other_tenants_see_nothing(
    platform: Platform, analyst: Principal, role: str
) -> None:
    save_notebooks(platform, analyst, {"n.yaml": "notebook: n\ntitle: N\n"})
    reader = add_member(platform, operator(analyst.tenant), email="r@acme.example", name="R", role=role)
    stranger = operator(platform.tenant("other"))
    for principal in (reader, stranger):
        for refused in (
            lambda who: edit_notebook(platform, who, "n", AddCell(cell=TEXT)),
            lambda who: restore_version(platform, who, "n", 1),
            lambda who: publish_notebook(platform, who, "n", 1),
            lambda who: trash_notebook(platform, who, "n"),
            lambda who: duplicate_notebook(platform, who, "n"),
        ):
            with pytest.raises(ForbiddenError):
                refused(principal)
    assert names(platform, reader) == ["n"]
    assert names(platform, stranger) == []


def test_sql_is_written_by_those_who_may_and_read_by_all(platform: Platform, analyst: Principal) -> None:
    name = create_notebook(platform, analyst, "N").name
    without = replace(analyst, permissions=analyst.permissions - {Permission.SQL_QUERY})
    with pytest.raises(ForbiddenError, match="sql:query"):
        edit_notebook(platform, without, name, AddCell(cell=SqlCell(name="s", sql="SELECT 1")))
    edit_notebook(platform, analyst, name, AddCell(cell=SqlCell(name="s", sql="SELECT 1")))
    edit_notebook(platform, without, name, AddCell(cell=TEXT))


REGION = InputCell(name="region", type=InputType.TEXT)
SUMS = SqlCell(name="sums", sql="SELECT region, sum(amount) AS total FROM deals GROUP BY region ORDER BY region")
MOST = SqlCell(name="most", sql="SELECT max(total) AS top FROM sums")


def run(platform: Platform, principal: Principal, *cells: object, **given: str) -> dict[str, CellRun]:
    notebook = Notebook(name="n", title="N", cells=cells)  # type: ignore[arg-type]
    scope = scope_of(platform, principal, given=given)
    data = data_key(platform, principal)
    runs = run_notebook(notebook, PrincipalAsk(platform, principal), scope, memory=RunMemory(), data=data)
    return {one.cell.name: one for one in runs}


def rows(found: CellRun) -> list[tuple[object, ...]]:
    assert isinstance(found.output, TableOutput), found.problem
    return found.output.result.rows()


def test_sql_over_another_cell_sees_the_rows_of_the_reader(platform: Platform, analyst: Principal) -> None:
    apply_policies(platform, operator(analyst.tenant), {"p.yaml": POLICY})
    reader = reader_of(platform, analyst, regions=["EMEA"])
    assert rows(run(platform, analyst, SUMS, MOST)["most"]) == [(8,)]
    seen = run(platform, reader, SUMS, MOST)
    assert rows(seen["sums"]) == [("EMEA", 3)]
    assert rows(seen["most"]) == [(3,)]
    assert data_key(platform, analyst) != data_key(platform, reader)


@pytest.mark.parametrize("value", ["O'Neil", "' OR 1=1 --", "EMEA'); DROP TABLE deals; --", "{{ region }}"])
def test_a_value_is_bound_whatever_it_holds(platform: Platform, analyst: Principal, value: str) -> None:
    cell = SqlCell(name="s", sql="SELECT sum(amount) AS total FROM deals WHERE region = {{ region }}")
    found = run(platform, analyst, REGION, cell, region=value)["s"]
    assert rows(found) == [(8 if value == "O'Neil" else None,)]
    assert value not in found.asked[0].sql


def test_a_list_of_another_cells_values_is_bound_one_by_one(platform: Platform, analyst: Principal) -> None:
    top = SqlCell(name="top", sql="SELECT region FROM deals WHERE amount >= 4")
    cell = SqlCell(name="s", sql="SELECT count(*) AS n FROM deals WHERE region IN ({{ top.region }})")
    assert rows(run(platform, analyst, top, cell)["s"]) == [(2,)]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT '{{ region }}' AS x", "write it without quotes around it"),
        ("DROP TABLE deals", "only one SELECT is allowed"),
        ("SELECT * FROM read_csv('/etc/passwd')", "is not allowed"),
        ("SELECT * FROM dealz", "Did you mean deals?"),
        ("SELECT amonut FROM deals", "amonut"),
    ],
)
def test_what_sql_may_not_do_is_said_in_the_cells_place(
    platform: Platform, analyst: Principal, sql: str, message: str
) -> None:
    problem = run(platform, analyst, REGION, SqlCell(name="s", sql=sql), region="EMEA")["s"].problem
    assert problem is not None
    assert message in problem.message


def test_a_cell_of_a_tables_name_is_not_read_for_it(platform: Platform, analyst: Principal) -> None:
    cells = (SqlCell(name="deals", sql="SELECT 1 AS x"), SqlCell(name="s", sql="SELECT * FROM deals"))
    problem = run(platform, analyst, *cells)["s"].problem
    assert problem is not None
    assert "a cell and a table of the data at once" in problem.message
