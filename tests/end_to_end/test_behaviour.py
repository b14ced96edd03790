"""Funnels and Retention in a browser: the planted cohort is found, and every figure equals SQL written by hand."""

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.acts import cells, choose, close_dialog, open_behind
from tests.end_to_end.conftest import Server, answer_of, sign_in

pytestmark = pytest.mark.browser

ANALYST = "analyst@brightwater.example"
# Accounts by the month of their first session in New York, and in how many months later they had another.
COHORTS = """
WITH sessions AS (
    SELECT account_id, date_trunc('month', occurred_at AT TIME ZONE 'America/New_York') AS month
    FROM events WHERE event = 'session_started' AND account_id IS NOT NULL
), firsts AS (SELECT account_id, min(month) AS first FROM sessions GROUP BY account_id)
SELECT strftime(first, '%Y-%m') AS cohort, date_diff('month', first, month) AS period,
    count(DISTINCT account_id) AS accounts
FROM sessions JOIN firsts USING (account_id) GROUP BY 1, 2
"""
# Deals that entered each stage after the one before it, in this order.
STAGES = """
WITH moves AS (
    SELECT deal_id, new_stage AS stage, changed_at AS at FROM deal_stage_changes WHERE kind IN ('created', 'stage')
), a AS (SELECT deal_id, min(at) AS at FROM moves WHERE stage = 'Qualified' GROUP BY 1)
, b AS (SELECT m.deal_id, min(m.at) AS at FROM moves m JOIN a USING (deal_id)
    WHERE stage = 'Discovery' AND m.at >= a.at GROUP BY 1)
, c AS (SELECT m.deal_id, min(m.at) AS at FROM moves m JOIN b USING (deal_id)
    WHERE stage = 'Demo' AND m.at >= b.at GROUP BY 1)
, d AS (SELECT m.deal_id, min(m.at) AS at FROM moves m JOIN c USING (deal_id)
    WHERE stage = 'Proposal' AND m.at >= c.at GROUP BY 1)
, e AS (SELECT m.deal_id, min(m.at) AS at FROM moves m JOIN d USING (deal_id)
    WHERE stage = 'Negotiation' AND m.at >= d.at GROUP BY 1)
, f AS (SELECT m.deal_id, min(m.at) AS at FROM moves m JOIN e USING (deal_id)
    WHERE stage = 'Won' AND m.at >= e.at GROUP BY 1)
SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT count(*) FROM c), (SELECT count(*) FROM d),
    (SELECT count(*) FROM e), (SELECT count(*) FROM f)
"""

# The same within sessions, which end where nothing happens to a deal for longer than a week.
_MOVES = (
    "SELECT deal_id, new_stage AS stage, changed_at AS at FROM deal_stage_changes WHERE kind IN ('created', 'stage')"
)
SESSIONS = STAGES.replace(
    _MOVES,
    f"""SELECT deal_id || ':' || sum(begins) OVER (PARTITION BY deal_id ORDER BY at, stage) AS deal_id, stage, at
    FROM (SELECT *, CASE WHEN at - lag(at) OVER (PARTITION BY deal_id ORDER BY at, stage) <= INTERVAL 7 DAY
        THEN 0 ELSE 1 END AS begins FROM ({_MOVES}))""",
)


def by_hand(server: Server, sql: str) -> list[list[object]]:
    """The rows of SQL over the demo's tables."""
    rows = answer_of("sql", sql, "--tenant", "brightwater", data=server.data)["rows"]
    assert isinstance(rows, list)
    return rows


def test_retention_finds_the_cohort_that_churns_early_and_every_cell_equals_sql(
    browser: Browser, server: Server
) -> None:
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/retention")
        expect(page.locator("h1.pl-answer")).to_contain_text("The 2026-06 cohort is")
        answer = page.locator("h1.pl-answer").inner_text()
        _, overall, *rows = cells(page, ".pl-heat")
        why = page.locator(".pl-insight").first.inner_text()
        page.get_by_role("button", name="2026-06, month 4: 48 of 80").click()
        expect(page.get_by_role("dialog")).to_contain_text("48 accounts")
    counted = {(str(row[0]), int(str(row[1]))): int(str(row[2])) for row in by_hand(server, COHORTS)}
    sizes = {cohort: count for (cohort, period), count in counted.items() if period == 0}
    assert overall[1] == f"{sum(sizes.values()):,}"
    for cohort, size, *shares in rows:
        name = cohort.split()[0]
        assert int(size) == sizes[name]
        for period, share in enumerate(shares):
            if share:
                assert share == f"{100 * counted.get((name, period), 0) / sizes[name]:.0f}", (name, period)
    # What the demo plants: half of those who came through a partner in June 2026 leave within four months.
    assert "weaker than the others in month 4" in answer
    assert "Customer source: Partner" in why


def test_the_funnel_of_deals_equals_sql_and_opens_its_deals(browser: Browser, server: Server) -> None:
    (expected,) = by_hand(server, STAGES)
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/funnels")
        rows = cells(page, ".st-key-card_funnels_steps table")
        assert [row[1] for row in rows[1:]] == [f"{int(str(count)):,}" for count in expected]
        page.get_by_role("button", name="Won", exact=True).click()
        expect(page.get_by_role("dialog")).to_contain_text(f"{int(str(expected[-1])):,} deals")
        close_dialog(page)
        choose(page, page.get_by_role("combobox", name="Split by"), "By region")
        page.wait_for_url("**by=region**")
        parts = cells(page, ".st-key-card_funnels_split table")[1:]
    assert {row[0] for row in parts} == {"North America", "EMEA", "APAC", "LATAM"}
    assert sum(int(row[-5].replace(",", "")) for row in parts) == expected[-1]


def test_a_funnel_of_sessions_equals_sql_and_says_what_it_counts(browser: Browser, server: Server) -> None:
    (expected,) = by_hand(server, SESSIONS)
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/funnels?window=none")
        counted = page.get_by_role("combobox", name="Count")
        open_behind(page, page.get_by_role("button", name="More"), counted)
        choose(page, counted, "Every session")
        page.wait_for_url("**count=sessions**")
        gap = page.get_by_role("combobox", name="A session ends after")
        open_behind(page, page.get_by_role("button", name="More"), gap)
        choose(page, gap, "7 days")
        page.wait_for_url("**gap=7d**")
        rows = cells(page, ".st-key-card_funnels_steps table")
        assert [row[1] for row in rows[1:]] == [f"{int(str(count)):,}" for count in expected]
        expect(page.locator("h1.pl-answer")).to_contain_text("for longer than 7 days")


def test_a_regional_manager_counts_their_own_region_and_opens_nobody(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "emea.manager@brightwater.example") as page:
        page.goto(f"{server.address}/funnels?by=region")
        rows = cells(page, ".st-key-card_funnels_split table")
        assert [row[0] for row in rows[1:]] == ["EMEA"]
        expect(page.get_by_role("button", name="Won", exact=True)).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_pages_fit_a_phone(browser: Browser, server: Server, theme: str) -> None:
    with sign_in(browser, server, ANALYST, width=390, theme=theme) as page:
        for path, table in (("retention", ".pl-heat"), ("funnels?by=region", ".st-key-card_funnels_split table")):
            page.goto(f"{server.address}/{path}")
            cells(page, table)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_a_tenant_without_events_is_told_so(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "executive@harbour.example") as page:
        page.goto(f"{server.address}/funnels")
        expect(page.locator("h1.pl-answer")).to_contain_text("There are no events yet")


# The first thing each person did within 90 days after their first session in that time, repeats aside.
NEXT = """
WITH late AS (
    SELECT account_id, event, occurred_at, event_id FROM events
    WHERE account_id IS NOT NULL AND occurred_at >= TIMESTAMPTZ '2026-08-22 00:00:00-04'
        AND occurred_at < TIMESTAMPTZ '2026-11-20 00:00:00-05'
), anchors AS (
    SELECT account_id, min_by(event_id, (occurred_at, event_id)) AS id, min(occurred_at) AS at
    FROM late WHERE event = 'session_started' GROUP BY 1
), following AS (
    SELECT l.account_id, min_by(l.event, (l.occurred_at, l.event_id)) AS event
    FROM late l JOIN anchors a USING (account_id)
    WHERE (l.occurred_at, l.event_id) > (a.at, a.id) AND l.event <> 'session_started' GROUP BY 1
)
SELECT (SELECT count(*) FROM anchors), (SELECT count(*) FROM following WHERE event = 'report_viewed')
"""
# The last touch of an account before each new deal it won, on that day or within 90 days before it.
LAST_TOUCH = """
WITH won AS (
    SELECT deal_id, account_id, close_date FROM deals WHERE stage = 'Won' AND type = 'new'
), met AS (
    SELECT w.deal_id, max_by(c.channel, (t.occurred_at, t.touch_id)) AS channel
    FROM won w JOIN campaign_touches t USING (account_id) JOIN campaigns c USING (campaign_id)
    WHERE t.occurred_at <= CAST(w.close_date + 1 AS TIMESTAMP) AT TIME ZONE 'UTC'
        AND t.occurred_at >= CAST(w.close_date + 1 - 90 AS TIMESTAMP) AT TIME ZONE 'UTC'
    GROUP BY 1
)
SELECT coalesce(channel, '(none)') AS channel, count(*) FROM won LEFT JOIN met USING (deal_id) GROUP BY 1
"""


def test_paths_after_the_first_session_equal_sql(browser: Browser, server: Server) -> None:
    ((followed, viewed),) = by_hand(server, NEXT)
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/paths")
        box = page.locator('[data-act="1:report_viewed"]')
        expect(box).to_have_attribute("aria-label", f"Step 1, report_viewed: {int(str(viewed)):,} accounts")
        expect(page.get_by_text(f"{int(str(followed)):,} accounts from their first")).to_be_visible()
        box.locator("text").click()
        expect(page.get_by_role("dialog")).to_contain_text(f"{int(str(viewed)):,} accounts")


def test_the_last_touch_of_every_new_deal_equals_sql_and_models_add_up(browser: Browser, server: Server) -> None:
    counted = {str(row[0]): int(str(row[1])) for row in by_hand(server, LAST_TOUCH)}
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/attribution?model=last")
        head, *rows, foot = cells(page, ".st-key-card_attribution_models table")
    place = head.index("Last touch")
    assert {row[0]: float(row[place].replace(",", "")) for row in rows if float(row[place].replace(",", ""))} == counted
    total = f"{sum(counted.values()):,.1f}"
    assert all(one == total for one in foot[1 : head.index("Value")])


def test_variants_are_counted_as_sql_counts_them(browser: Browser, server: Server) -> None:
    sql = """
    WITH met AS (
        SELECT session_id, min(device) AS device, max(event = 'report_created') AS has_created FROM events
        GROUP BY 1 HAVING max(event = 'session_started')
    )
    SELECT device, count(*), count(*) FILTER (has_created) FROM met GROUP BY 1 ORDER BY 1
    """
    counted = by_hand(server, sql)
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/experiments?entity=session&by=device&goal=report_created")
        _, *rows = cells(page, ".st-key-card_experiments_variants table")
        answer = page.locator("h1.pl-answer").inner_text()
    assert [row[:3] for row in rows] == [
        [f"{device}{' (control)' if device == 'desktop' else ''}", f"{int(str(met)):,}", _per_cent(created, met)]
        for device, met, created in counted
    ]
    # Nothing about the devices was planted.
    assert "beyond chance yet" in answer


def _per_cent(part: object, whole: object) -> str:
    return f"{100 * int(str(part)) / int(str(whole)):.1f}\u202f%"
