"""What is a reader's own on Home: alerts that fire, deliveries to come, favourites and what changed last."""

import datetime as dt

from pages.home.yours import document_rows, first_documents, watched_rows
from services.alerts.alerts import add_alert
from services.alerts.spec import AlertPlan
from services.deliveries.schedules import add_schedule
from services.deliveries.spec import Plan
from services.deliveries.worker import deliver_due
from services.notebook_editing import mark_favourite
from services.notebooks import NotebookFacts, save_notebooks
from services.sharing import share
from tests.services.deliveries.conftest import World


def test_alerts_that_fire_come_first_then_the_deliveries_of_the_reader_by_time(world: World) -> None:
    ada, bob = world.add("ada", "analyst"), world.add("bob", "analyst")
    for name, rule in (("fires", "over 3000"), ("quiet", "over 9000000")):
        add_alert(world.platform, ada, AlertPlan(name=name, metric="value", rule=rule))
    deliver_due(world.platform)
    for name, cron, to in (
        ("late", "0 8 1 1 *", ada.email),
        ("soon", "0 8 * * *", "role:analyst"),
        ("others", "0 9 * * *", "emma@acme.example"),
        ("paused", "0 9 * * *", ada.email),
    ):
        plan = Plan(name=name, notebook="review", cron=cron, recipients=(to,), is_active=name != "paused")
        add_schedule(world.platform, world.admin, plan)
    rows = watched_rows(world.platform, ada)
    assert [row.title for row in rows] == ["fires", "soon", "late"]
    assert str(rows[0].reason).startswith("Value: $3,210, over $3,000")
    # The alert is Ada's alone, and so is the delivery to her address.
    assert [row.title for row in watched_rows(world.platform, bob)] == ["soon"]


def test_documents_are_those_the_reader_may_see_and_a_favourite_is_first(world: World) -> None:
    ada, bob = world.add("ada", "analyst"), world.add("bob", "analyst")
    texts = {name: f"notebook: {name}\ntitle: {name.title()}\ncells: []\n" for name in ("alpha", "beta", "home")}
    save_notebooks(world.platform, world.admin, texts)
    mark_favourite(world.platform, ada, "beta", is_favourite=True)
    share(world.platform, ada, notebook="alpha", is_restricted=True, grants={ada.email: "edit"})
    rows = document_rows(world.platform, ada)
    assert (rows[0].title, rows[0].icon) == ("Beta", "star")
    assert {"Alpha", "Home"} & {row.title for row in rows} == {"Alpha"}
    assert "Alpha" not in {row.title for row in document_rows(world.platform, bob)}


def test_favourites_are_followed_by_what_changed_last() -> None:
    def book(name: str, day: int, *, is_favourite: bool = False) -> NotebookFacts:
        at = dt.datetime(2026, 11, day, tzinfo=dt.UTC)
        return NotebookFacts(
            name=name, title=name, description="", cells=1, version=1, created_by="a", created_at=at,
            is_favourite=is_favourite,
        )  # fmt: skip

    books = [book("f", 1, is_favourite=True), *(book(f"n{day}", day) for day in range(2, 9))]
    assert [one.name for one in first_documents(books)] == ["f", "n8", "n7", "n6", "n5"]
