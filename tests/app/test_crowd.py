"""Many members of several tenants at once on one process: every answer and every page is of the reader's own tenant.

A small form of `make bench NAME=members`, which measures a hundred members of twenty tenants.
"""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from app.ui.context import SESSION_COOKIE
from benchmarks.crowd import QUESTIONS, Visitor, build_crowd, check_answer, check_text
from tests.app.conftest import Running
from tests.app.page_run import run_page


def test_members_of_several_tenants_at_once_are_told_of_their_own_only(app: Running) -> None:
    visitors = build_crowd(app.platform, tenants=4, members=4, day=dt.datetime.now(dt.UTC).date())
    with ThreadPoolExecutor(len(visitors)) as pool:
        shown = list(pool.map(lambda visitor: _visit(app, visitor), visitors))
    assert shown == [True] * len(visitors)


def _visit(app: Running, visitor: Visitor) -> bool:
    """Ask everything and open Home in between; whether Home was of the visitor's tenant. Raises AssertionError."""
    headers = {"cookie": f"{SESSION_COOKIE}={visitor.cookie}"}
    for question in QUESTIONS:
        answer = app.client.post("/api/v1/query", json=question, headers=headers)
        assert answer.status_code == 200, answer.text
        check_answer(visitor, answer.json(), answer.text)
    home = run_page(app, visitor.cookie, "")
    check_text(visitor, home.raw.decode("utf-8", "replace"))
    return visitor.mark.encode() in home.raw
