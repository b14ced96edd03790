"""Markup in every free text that members can type, on every page, in a real browser: it is shown as it was typed."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

import pages
from core.registry import find_kinds
from tests.end_to_end.acts import open_behind, settle
from tests.end_to_end.conftest import Server, answer_of, open_link
from tests.visitors import open_page

pytestmark = pytest.mark.browser
# Each part calls a function of the test, or asks the server for an image, where it becomes an element.
ATTACK = "<img src=planted.png onerror=planted()><script>planted()</script>[a](javascript:planted()){{7*7}}$x$"
# The engine's own names of tables have no such parts; a table of a source is called what its owner has called it.
STREAM = "<img src=planted.png onerror=planted()>[a](javascript:planted())"
TEXT = json.dumps(ATTACK)
MODEL = f"""
model: deals
label: {TEXT}
description: {TEXT}
table: deals
key: id
time: day
dimensions:
  region: {{column: region, label: {TEXT}}}
  day: {{type: time, column: day}}
measures: {{worth: {{agg: sum, sql: amount}}}}
metrics:
  worth: {{kind: simple, measure: worth, label: {TEXT}, description: {TEXT}, owner: {TEXT}}}
"""
NOTEBOOK = f"""
notebook: NAME
title: {TEXT}
description: {TEXT}
cells:
  - {{name: words, kind: text, text: {TEXT}}}
  - {{name: figure, kind: metric, metric: worth, title: {TEXT}, period: year}}
  - {{name: bars, kind: chart, chart: bar, title: {TEXT}, metrics: [worth], by: [region], period: year}}
  - {{name: rows, kind: table, title: {TEXT}, metrics: [worth], by: [region], period: year}}
  - {{name: raw, kind: sql, title: {TEXT}, sql: SELECT region FROM deals}}
"""
POLICY = f"policy: hostile\ndescription: {TEXT}\nroles: [manager]\nrows: [{{dimension: region, in: [{TEXT}]}}]"
MORE = [
    "notebooks?id=hostile", "notebooks?id=hostile&view=dashboard", "notebooks?id=hostile&view=edit&comments=words",
    "data-browser?table=deals",
]  # fmt: skip
PATHS = [module.PAGE.url_path for module in find_kinds(pages).values()]


def test_markup_that_members_typed_is_text_on_every_page(browser: Browser, server: Server, tmp_path: Path) -> None:
    link = plant(server, tmp_path)
    ran: list[str] = []
    asked: list[Request] = []
    with open_page(browser) as page:
        page.expose_function("planted", lambda: ran.append(page.url))
        page.on("request", lambda request: asked.append(request))
        page.on("dialog", lambda dialog: ran.append(dialog.message))
        open_link(page, link)
        type_into_pages(page, server)
        shown = []
        for path in [*PATHS, *MORE]:
            page.goto(f"{server.address}/{path}")
            expect(page.locator("h1.pl-answer").first).to_be_visible()
            if "id=hostile" in path:
                expect(page.locator(".js-plotly-plot").first).to_be_visible()
            if path.endswith("comments=words"):
                expect(page.get_by_role("dialog").get_by_text("<img src=planted.png").first).to_be_visible()
            settle(page)
            assert page.locator("img[src*='planted'], a[href^='javascript'], script:has-text('planted')").count() == 0
            if "<img src=planted.png" in page.locator("body").inner_text():
                shown.append(path)
    assert ran == [] == [one.url for one in asked if "planted.png" in one.url]
    names = {"members", "metrics", "notebooks", "roles", "sources", "teams"}
    assert {"", *names, "notebooks?id=hostile", "notebooks?id=hostile&view=edit&comments=words"} <= set(shown)


def type_into_pages(page: Page, server: Server) -> None:
    """A folder, and a comment that mentions its writer: what no command makes."""
    page.goto(f"{server.address}/notebooks")
    folder = page.get_by_label("New folder here")
    open_behind(page, page.get_by_role("button", name="Folder", exact=True), folder)
    folder.fill(ATTACK)
    page.get_by_role("button", name="Make folder").click()
    expect(page.get_by_role("listitem").filter(has_text="{{7*7}}$x$/")).to_be_visible()
    page.goto(f"{server.address}/notebooks?id=hostile&view=edit&comments=words")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Comment").fill(ATTACK)
    dialog.get_by_role("button", name="Comment", exact=True).click()
    expect(dialog.get_by_text("eve@hostile.example, ")).to_be_visible()


def plant(server: Server, folder: Path) -> str:
    """An organisation in which every text is the attack; the sign-in link of its administrator."""
    answer_of("tenant", "create", "hostile", "--name", ATTACK, data=server.data)
    member = ("member", "add", "eve@hostile.example", "--tenant", "hostile", "--name", ATTACK, "--role", "admin")
    link = str(answer_of(*member, data=server.data)["signin_link"])
    (folder / "deals.csv").write_text(f'id,region,amount,day\n1,"{ATTACK}",5,2026-01-02\n2,EMEA,6,2026-01-03\n')
    answer_of("import", str(folder / "deals.csv"), "--tenant", "hostile", data=server.data)
    for name, text in (("deals", MODEL), ("home", NOTEBOOK), ("hostile", NOTEBOOK), ("policy", POLICY)):
        (folder / f"{name}.yaml").write_text(text.replace("NAME", name))
    answer_of("metrics", "apply", str(folder / "deals.yaml"), "--tenant", "hostile", data=server.data)
    for name in ("home", "hostile"):
        answer_of("notebook", "import", str(folder / f"{name}.yaml"), "--tenant", "hostile", data=server.data)
    answer_of("policy", "apply", str(folder / "policy.yaml"), "--tenant", "hostile", data=server.data)
    answer_of("team", "save", ATTACK, "--tenant", "hostile", "--member", "eve@hostile.example", data=server.data)
    with closing(sqlite3.connect(folder / "crm.sqlite")) as crm:
        crm.execute(f'CREATE TABLE "{STREAM}" (id INTEGER PRIMARY KEY, "{STREAM}" TEXT)')
    url = f"url=sqlite:///{folder / 'crm.sqlite'}"
    answer_of("source", "add", "crm", "sql", "--tenant", "hostile", "--set", url, data=server.data)
    answer_of("source", "sync", "crm", "--tenant", "hostile", data=server.data)
    return link
