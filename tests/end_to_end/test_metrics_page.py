"""The catalogue in a browser: an edit changes every face after one save, collides with another, and is restored."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.acts import settle
from tests.end_to_end.conftest import Server, answer_of, plumbline, sign_in

pytestmark = pytest.mark.browser

ANALYST = "analyst@harbour.example"


@pytest.fixture
def own_definitions(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The definitions of the tenant are those of before behind a test, also when it fails."""
    folder = tmp_path_factory.mktemp("definitions")
    kept = plumbline("metrics", "export", "--tenant", "harbour", "--out", str(folder), data=server.data)
    assert kept.returncode == 0, kept.stdout + kept.stderr
    yield
    put_back = plumbline("metrics", "apply", str(folder), "--tenant", "harbour", data=server.data)
    assert put_back.returncode == 0, put_back.stdout + put_back.stderr


def editor(page: Page) -> str:
    settle(page)
    box = page.get_by_role("textbox", name="Definition")
    expect(box).not_to_have_value("")
    return box.input_value()


def write(page: Page, text: str) -> None:
    """Type a new text and leave the box, as a reader would."""
    box = page.get_by_role("textbox", name="Definition")
    box.fill(text)
    box.blur()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    settle(page)


def saved_version(page: Page) -> int:
    """The number of the version that was saved; a test before may have made some too."""
    said = page.get_by_text(re.compile(r"Saved as version \d+"))
    expect(said).to_be_visible()
    return int(re.findall(r"version (\d+)", said.inner_text())[0])


def asked(server: Server) -> dict[str, object]:
    arguments = ["query", "--tenant", "harbour", "--metric", "revenue", "--range", "quarter to date"]
    return answer_of(*arguments, data=server.data)


def test_a_metric_opens_with_its_lineage_and_uses(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/metrics")
        expect(page.locator("h1.pl-answer")).to_contain_text("metrics are defined")
        page.get_by_role("textbox", name="Search").fill("return rate")
        page.get_by_role("textbox", name="Search").press("Enter")
        page.get_by_role("button", name="Return rate", exact=True).click()
        page.wait_for_url("**/metrics?metric=return_rate")
        lineage = page.locator(".st-key-card_metric_lineage")
        expect(lineage).to_contain_text("returns")
        expect(lineage).to_contain_text("order_lines")
        expect(page.get_by_text("Home", exact=True).last).to_be_visible()
        page.get_by_role("button", name="Definition of").click()
        expect(page.get_by_text("In force", exact=True)).to_be_visible()


@pytest.mark.usefixtures("own_definitions")
def test_one_save_changes_every_face_and_is_restored(browser: Browser, server: Server) -> None:
    before = asked(server)
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/metrics?model=order_lines")
        text = editor(page)
        assert "label: Revenue\n" in text
        write(page, text.replace("label: Revenue\n", "label: Turnover\n"))
        page.get_by_role("button", name="Save", exact=True).click()
        first = saved_version(page)
        assert asked(server)["columns"][0]["label"] == "Turnover"  # type: ignore[index]
        page.goto(f"{server.address}/")
        expect(page.locator(".pl-label", has_text="Turnover").first).to_be_visible()
        page.goto(f"{server.address}/ask?metric=revenue&range=quarter+to+date")
        expect(page.locator("h1.pl-answer")).to_contain_text("Turnover")
        page.goto(f"{server.address}/metrics?model=order_lines")
        page.get_by_role("button", name=f"Version {first}", exact=True).click()
        expect(page.locator(".st-key-card_model_history")).to_contain_text("+    label: Turnover")
        page.get_by_role("button", name=f"Version {first - 1}", exact=True).click()
        page.get_by_role("button", name=f"Restore version {first - 1}", exact=True).click()
        expect(page.get_by_text(f"Version {first - 1} is restored as version {first + 1}")).to_be_visible()
        assert editor(page) == text
    assert asked(server)["columns"] == before["columns"]
    assert asked(server)["rows"] == before["rows"]


@pytest.mark.usefixtures("own_definitions")
def test_problems_are_told_with_their_lines_and_a_collision_shows_a_diff(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/metrics?model=returns")
        text = editor(page)
        line = text.splitlines().index("  return_rate:") + 1
        write(page, text.replace("numerator: returned_value", "numerator: retorned_value"))
        page.get_by_role("button", name="Save", exact=True).click()
        table = page.locator(".st-key-card_model_text table")
        expect(table).to_contain_text("retorned_value")
        expect(table.locator("tbody td").first).to_contain_text(str(line))
        mine = text.replace("description: One row per", "description: A row for each")
        write(page, mine)
        theirs = tmp_path / "returns.yaml"
        theirs.write_text(text.replace("label: Return rate", "label: Share returned"))
        done = plumbline("metrics", "apply", str(tmp_path), "--tenant", "harbour", data=server.data)
        assert done.returncode == 0, done.stdout + done.stderr
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Somebody saved before you")).to_be_visible()
        card = page.locator(".st-key-card_model_text")
        expect(card).to_contain_text("-    label: Share returned")
        expect(card).to_contain_text("+    label: Return rate")
        page.get_by_role("button", name="Save mine over it").click()
        assert saved_version(page) > 2
        assert editor(page) == mine


def test_an_executive_reads_definitions_and_edits_none(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "executive@harbour.example") as page:
        page.goto(f"{server.address}/metrics?model=returns")
        expect(page.get_by_text("model: returns")).to_be_visible()
        expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)


@pytest.mark.parametrize("path", ["/metrics", "/metrics?metric=return_rate", "/metrics?model=returns"])
def test_the_catalogue_fits_a_phone(browser: Browser, server: Server, path: str) -> None:
    with sign_in(browser, server, ANALYST, width=390) as page:
        page.goto(f"{server.address}{path}")
        expect(page.locator("h1.pl-answer")).to_be_visible()
        settle(page)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
