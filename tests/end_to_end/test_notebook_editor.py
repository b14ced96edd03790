"""A notebook is built from nothing in a browser, published, changed, taken back, and restored."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.end_to_end.acts import choose, open_behind, settle
from tests.end_to_end.conftest import Server, answer_of, sign_in

pytestmark = pytest.mark.browser
ANALYST = "analyst@brightwater.example"


@pytest.fixture
def analyst(browser: Browser, server: Server) -> Iterator[Page]:
    """An analyst on the list of notebooks."""
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/notebooks")
        expect(page.locator(".pl-book").first).to_be_visible()
        yield page


def make(page: Page, title: str) -> None:
    field = page.get_by_label("Title", exact=True)
    open_behind(page, page.get_by_role("button", name="New notebook"), field)
    field.fill(title)
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    settle(page)


def add(page: Page, kind: str) -> Locator:
    """The form of a new cell behind the last one."""
    entry = page.get_by_role("menuitem", name=kind, exact=True)
    open_behind(page, page.get_by_role("button", name="Add a cell").last, entry)
    entry.click()
    form = page.get_by_test_id("stForm").filter(has_text=f"{kind} cell")
    expect(form).to_be_visible()
    settle(page)
    return form


def save(page: Page, form: Locator) -> None:
    form.get_by_role("button", name="Save cell").click()
    expect(form).to_have_count(0)
    settle(page)


def pick(page: Page, place: Locator, label: str, option: str) -> None:
    """Pick an option of a select box or a multiple choice."""
    choose(page, place.get_by_role("combobox", name=re.compile(re.escape(label))), option, text=option)


def pick_in_form(page: Page, form: Locator, label: str, option: str) -> None:
    """Pick an option in a form, and close the list of a multiple choice."""
    pick(page, form, label, option)
    form.locator("strong").first.click()


def names(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".pl-cell-name span:not(.pl-icon)").all_inner_texts()]


def test_a_notebook_is_built_from_nothing_with_each_kind_of_cell(analyst: Page, server: Server) -> None:
    page = analyst
    make(page, "Built by clicking")
    form = add(page, "Text")
    form.get_by_role("textbox", name="Text", exact=True).fill("Hello **world** <img src=x onerror=alert(1)>")
    save(page, form)
    expect(page.locator(".pl-prose b")).to_have_text("world")
    expect(page.locator(".pl-prose img")).to_have_count(0)
    form = add(page, "Input")
    pick_in_form(page, form, "Members of", "Region")
    form.get_by_role("textbox", name="Name (optional)", exact=True).fill("region")
    save(page, form)
    form = add(page, "Metric")
    pick_in_form(page, form, "Metric", "Bookings")
    form.get_by_role("textbox", name="Only where (optional)", exact=True).fill("region = {{ region }}")
    save(page, form)
    expect(page.locator(".pl-tile-value")).to_have_count(1)
    form = add(page, "SQL")
    form.get_by_role("textbox", name="One SELECT", exact=True).fill(
        "SELECT region, count(*) AS deals FROM deals WHERE {{ region }} IS NULL OR region = {{ region }} GROUP BY 1"
    )
    save(page, form)
    expect(page.locator(".pl-table tbody tr")).to_have_count(4)
    form = add(page, "Table")
    pick_in_form(page, form, "Metrics", "Bookings")
    pick_in_form(page, form, "Rows by", "Region")
    save(page, form)
    expect(page.locator(".pl-table")).to_have_count(2)
    form = add(page, "Chart")
    pick_in_form(page, form, "Chart", "line")
    pick_in_form(page, form, "Metrics", "Bookings")
    pick_in_form(page, form, "Over time by", "month")
    save(page, form)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    assert names(page) == ["text", "region", "metric", "sql", "table", "chart"]
    before = page.locator(".pl-tile-value").inner_text()
    pick(page, page.locator(".st-key-nbinput_region"), "Region", "EMEA")
    page.wait_for_url("**in_region=EMEA**")
    expect(page.locator(".pl-tile-value")).not_to_have_text(before)
    expect(page.locator(".pl-table").first.locator("tbody tr")).to_have_count(1)
    settle(page)
    # Readers see it once it is published.
    listed = answer_of("notebook", "list", "--tenant", "brightwater", data=server.data)["notebooks"]
    assert isinstance(listed, list)
    [mine] = [one for one in listed if one["name"] == "built-by-clicking"]
    assert (mine["cells"], mine["version"], mine["published"]) == (6, 7, None)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)


def test_cells_are_moved_copied_deleted_taken_back_and_older_versions_restored(analyst: Page) -> None:
    page = analyst
    make(page, "To be changed")
    for word in ("one", "two"):
        form = add(page, "Text")
        form.get_by_role("textbox", name="Text", exact=True).fill(word)
        form.get_by_role("textbox", name="Name (optional)", exact=True).fill(word)
        save(page, form)
    expect(page.locator(".pl-prose")).to_have_text(["one", "two"])
    settle(page)
    page.get_by_role("button", name="Move up two", exact=True).click()
    expect(page.locator(".pl-prose")).to_have_text(["two", "one"])
    settle(page)
    page.get_by_role("button", name="Duplicate one", exact=True).click()
    expect(page.locator(".pl-prose")).to_have_text(["two", "one", "one"])
    settle(page)
    page.get_by_role("button", name="Delete two", exact=True).click()
    expect(page.locator(".pl-prose")).to_have_text(["one", "one"])
    settle(page)
    page.locator(".pl-alert").get_by_role("button", name="Undo").click()
    expect(page.locator(".pl-prose")).to_have_text(["two", "one", "one"])
    settle(page)
    page.get_by_role("button", name="Redo", exact=True).click()
    expect(page.locator(".pl-prose")).to_have_text(["one", "one"])
    settle(page)
    page.get_by_role("radio", name="History").click()
    expect(page.get_by_text("Version 8")).to_be_visible()
    page.locator(".pl-book").filter(has_text="Version 3").get_by_role("button", name="Compare").click()
    expect(page.get_by_text("What version 3 changed")).to_be_visible()
    settle(page)
    page.locator(".pl-book").filter(has_text="Version 3").get_by_role("button", name="Restore").click()
    expect(page.locator(".pl-prose")).to_have_text(["one", "two"])


def test_two_who_change_one_cell_see_both_and_lose_nothing(browser: Browser, analyst: Page, server: Server) -> None:
    page = analyst
    make(page, "Edited by two")
    form = add(page, "Text")
    form.get_by_role("textbox", name="Text", exact=True).fill("as it was")
    save(page, form)
    address = page.url
    settle(page)
    page.get_by_role("button", name="Edit text").click()
    form = page.get_by_test_id("stForm").filter(has_text="Text cell")
    form.get_by_role("textbox", name="Text", exact=True).fill("mine")
    with sign_in(browser, server, "admin@brightwater.example") as other:
        other.goto(address)
        settle(other)
        other.get_by_role("button", name="Edit text").click()
        theirs = other.get_by_test_id("stForm").filter(has_text="Text cell")
        theirs.get_by_role("textbox", name="Text", exact=True).fill("theirs")
        save(other, theirs)
        expect(other.locator(".pl-prose")).to_have_text(["theirs"])
    form.get_by_role("button", name="Save cell").click()
    expect(page.get_by_text("Two changes of the cell text")).to_be_visible()
    expect(page.locator(".pl-table").first).to_contain_text("theirs")
    expect(page.locator(".pl-table").first).to_contain_text("mine")
    page.get_by_role("button", name="Keep both").click()
    expect(page.locator(".pl-prose")).to_have_text(["theirs", "mine"])


def test_bad_input_is_said_at_the_form_and_the_trash_gives_back(analyst: Page, server: Server) -> None:
    page = analyst
    pasted = page.get_by_label("A notebook as YAML")
    open_behind(page, page.get_by_role("button", name="Paste"), pasted)
    pasted.fill("notebook: x\ntitle: X\ncells: [{name: a, kind: grap}]")
    page.get_by_role("button", name="Check and add as a draft").click()
    expect(page.get_by_text("unknown kind 'grap'")).to_be_visible()
    settle(page)
    pasted.fill("notebook: x\ntitle: Pasted\ncells: [{name: a, kind: text, text: Hi}]")
    page.get_by_role("button", name="Check and add as a draft").click()
    expect(page.get_by_role("heading", name="Pasted")).to_be_visible()
    form = add(page, "Chart")
    form.get_by_role("button", name="Save cell").click()
    expect(form.get_by_text("Metrics is missing")).to_be_visible()
    form.get_by_role("button", name="Cancel").click()
    trash = page.get_by_role("button", name="Move to the trash")
    open_behind(page, page.get_by_role("button", name="More"), trash)
    trash.click()
    expect(page.locator(".pl-book").first).to_be_visible()
    expect(page.locator(".pl-book").filter(has_text="Pasted")).to_have_count(0)
    settle(page)
    page.get_by_role("button", name="Trash").click()
    page.locator(".pl-book").filter(has_text="Pasted").get_by_role("button", name="Restore").click()
    page.goto(f"{server.address}/notebooks?q=pasted")
    expect(page.locator(".pl-book")).to_have_count(1)


def wait_until_handed_over(page: Page) -> None:
    """What is typed stands in the browser at once, until the server has it."""
    page.wait_for_function("Object.keys(localStorage).every(key => !key.startsWith('plumbline-draft'))")


def test_what_is_typed_survives_a_closed_browser_and_a_network_that_is_gone(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/notebooks")
        make(page, "Typed and not saved")
        form = add(page, "Text")
        form.get_by_role("textbox", name="Text", exact=True).fill("half a sentence")
        wait_until_handed_over(page)
        address = page.url
    # Another browser, later: what was typed is offered, and can be saved.
    with sign_in(browser, server, ANALYST) as page:
        page.goto(address)
        expect(page.get_by_text("You did not save a new cell: Text")).to_be_visible()
        expect(page.get_by_text("half a sentence")).to_be_visible()
        page.get_by_role("button", name="Go on").click()
        form = page.get_by_test_id("stForm").filter(has_text="Text cell")
        box = form.get_by_role("textbox", name="Text", exact=True)
        expect(box).to_have_value("half a sentence")
        box.fill("a whole sentence")
        save(page, form)
        expect(page.locator(".pl-prose")).to_have_text(["a whole sentence"])
        # Without a network the browser keeps it, and hands it over when the notebook is opened again.
        settle(page)
        page.get_by_role("button", name="Edit text").click()
        form = page.get_by_test_id("stForm").filter(has_text="Text cell")
        expect(form).to_be_visible()
        page.evaluate("WebSocket.prototype.send = () => {}")
        form.get_by_role("textbox", name="Text", exact=True).fill("typed in a tunnel")
        page.wait_for_function("Object.keys(localStorage).some(key => key.startsWith('plumbline-draft'))")
        other = page.context.new_page()
        page.close()
        other.goto(address)
        expect(other.get_by_text("You did not save what you typed into the cell text")).to_be_visible()
        wait_until_handed_over(other)
        other.get_by_role("button", name="Discard").click()
        expect(other.get_by_text("You did not save")).to_have_count(0)
        expect(other.locator(".pl-prose")).to_have_text(["a whole sentence"])


def test_a_select_is_completed_and_set_out_and_its_wrong_word_is_marked(analyst: Page) -> None:
    page = analyst
    make(page, "Written in SQL")
    form = add(page, "SQL")
    expect(form.get_by_text(re.compile(r"^Tables and columns"))).to_be_visible()
    box = form.get_by_role("textbox", name="One SELECT", exact=True)
    options = form.get_by_role("listbox", name="Completions").get_by_role("option")
    box.press_sequentially("select count(*) as n from dea")
    expect(options.first).to_contain_text("deals")
    box.press("Enter")
    expect(box).to_have_value("select count(*) as n from deals")
    box.press_sequentially(" d where d.reg")
    expect(options).to_have_text(["regionvarchar"])
    box.press("Escape")
    expect(options).to_have_count(0)
    box.press_sequentially("i")
    expect(options).to_have_text(["regionvarchar"])
    box.press("Tab")
    expect(box).to_have_value("select count(*) as n from deals d where d.region")
    # A click on a column puts its name in; what is wrong is marked in its line once it is run.
    form.get_by_text(re.compile(r"^Tables and columns")).click()
    form.locator("summary").filter(has_text=re.compile("^deals$")).click()
    box.press_sequentially(" = 'EMEA' and wrongly > ")
    form.get_by_role("button", name=re.compile(r"^amount")).first.click()
    form.get_by_role("button", name="Format").click()
    form = page.get_by_test_id("stForm").filter(has_text="SQL cell")
    box = form.get_by_role("textbox", name="One SELECT", exact=True)
    expect(box).to_have_value(
        "SELECT\n  COUNT(*) AS n\nFROM deals AS d\nWHERE\n  d.region = 'EMEA' AND wrongly > amount"
    )
    save(page, form)
    expect(page.locator(".pl-sql-place")).to_have_text("Line 5   d.region = 'EMEA' AND wrongly > amount")
    expect(page.locator(".pl-sql-mark")).to_have_text("wrongly")


def test_what_is_said_about_a_cell_is_seen_by_others_and_marked_as_done(
    browser: Browser, analyst: Page, server: Server
) -> None:
    page = analyst
    make(page, "Talked about")
    form = add(page, "Text")
    form.get_by_role("textbox", name="Text", exact=True).fill("What do you think?")
    save(page, form)
    settle(page)
    page.get_by_role("button", name="Comment on text").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Comment").fill("Is <b>this</b> right?")
    dialog.get_by_role("button", name="Comment", exact=True).click()
    expect(dialog.get_by_text("Is <b>this</b> right?")).to_be_visible()
    with sign_in(browser, server, "admin@brightwater.example") as other:
        other.goto(f"{page.url}&comments=text")
        dialog = other.get_by_role("dialog")
        expect(dialog.get_by_text("Is <b>this</b> right?")).to_be_visible()
        dialog.get_by_role("button", name="Done").click()
        expect(dialog.get_by_text("done by admin@brightwater.example")).to_be_visible()
