"""Made-up view models that add up, for the gallery and the tests; every field of every model is filled somewhere."""

from markupsafe import Markup

from app.ui.parts import (
    Action,
    Alert,
    Badge,
    Bridge,
    BridgeBar,
    CardHeader,
    Change,
    Contribution,
    DataTable,
    Direction,
    EmptyState,
    FooterLine,
    InboxRow,
    InsightRow,
    KpiLoading,
    KpiTile,
    MetaItem,
    PageHead,
    RunMark,
    ShareCell,
    SourceRow,
    Span,
    TableColumn,
    TileError,
    Tone,
    empty_tile,
    failed_tile,
    refused_tile,
)
from charts import sparkline_svg
from core.numbers import Figure

BETTER, WORSE = Direction.BETTER, Direction.WORSE

SALES = [2.0, 2.1, 2.05, 2.4, 2.3, 2.8, 3.1, 3.0]
SPARKLINE = Markup(sparkline_svg(SALES, previous=SALES[:6], incomplete_last=True))  # noqa: S704  numbers only

HOME_HEAD = PageHead(
    answer=("Q4 is heading for $8.30\u202fM, ", Span("$0.30\u202fM short", Tone.BAD), " of target."),
    cause="EMEA win rate is the main reason.",
)
HOME_META = (
    MetaItem(text="Q4 2026, day 52 of 92", icon="calendar_today"),
    MetaItem(text="All regions", icon="public"),
    MetaItem(text="Data as of 19:40, Salesforce 10:31", icon="schedule"),
)
STATES_META = (
    MetaItem(text="Every source is current", icon="check_circle", tone=Tone.GOOD),
    MetaItem(text="Salesforce is 9 h old", icon="history", tone=Tone.WARN),
    MetaItem(text="Version 37", icon="info", tone=Tone.INFO),
)
HOME_TILES = (
    KpiTile(
        label="Bookings, quarter to date",
        value=Figure("$4.32", "M"),
        act="metric:bookings",
        change=Change(text="+8.5%", direction=BETTER),
        comparison="vs $3.98\u202fM on day 52 of Q3",
        sparkline=SPARKLINE,
        note=("Expansion adds ", Span("$0.41\u202fM"), "; new business is ", Span("$0.07\u202fM"), " lower."),
    ),
    KpiTile(
        label="Quarter landing, forecast",
        value=Figure("$8.30", "M"),
        act="metric:landing",
        change=Change(text="\u2212$0.30\u202fM", direction=WORSE),
        comparison="vs target $8.60\u202fM",
        sparkline=SPARKLINE,
        note=("80% range 7.86 to 8.75. Chance of reaching target: ", Span("1 in 5"), "."),
    ),
    KpiTile(
        label="Win rate, maturity-adjusted",
        value=Figure("23.8", "%"),
        act="metric:win_rate",
        change=Change(text="\u22124.1 pts", direction=WORSE),
        comparison="vs Q3 at the same age",
        sparkline=SPARKLINE,
        note=(Span("3.0 of 4.1 pts"), " come from EMEA, where 14 late-stage deals were lost."),
    ),
    KpiTile(
        label="Net revenue retention",
        value=Figure("108.2", "%"),
        act="metric:nrr",
        change=Change(text="+0.8 pts", direction=BETTER),
        comparison="vs Q3",
        sparkline=SPARKLINE,
        note="Expansion in the 200 to 999 seat band outweighs churn of two accounts.",
    ),
)
STATE_TILES = (
    KpiTile(
        label="Net new revenue",
        value=Figure("$1.24", "M"),
        act="metric:net_new",
        change=Change(text="+12.0%", direction=BETTER),
        comparison="vs Q3",
        sparkline=SPARKLINE,
        note="Normal: value, change, named period, trend, one sentence.",
    ),
    KpiLoading(label="Net new revenue"),
    KpiTile(
        label="Expansion rate",
        value=Figure("14.2", "%"),
        act="metric:expansion",
        stale="9 h old",
        change=Change(text="0.0 pts"),
        comparison="vs Q3",
        sparkline=SPARKLINE,
        note="Stale: Salesforce last synced at 10:31.",
        action=Action(label="Reconnect", act="source:salesforce"),
    ),
    refused_tile(
        "Amount by product",
        title="Not shown: it would double-count",
        reason="One deal has many line items, so summing deal amount by product counts it several times.",
        action=Action(label="Use line amount instead", act="metric:line_amount"),
    ),
    empty_tile(
        "Trials started",
        reason="No trial has been recorded since 1 Oct.",
        action=Action(label="Open the source", act="source:product"),
    ),
    failed_tile(
        "Revenue by partner",
        reason="The query needed more than 2 GB.",
        reference="7F3K-21Q9",
        action=Action(label="Try again", act="retry:partner"),
    ),
)
TREND_HEADER = CardHeader(
    title="Monthly recurring revenue",
    subtitle="Forecast to April with 50, 80 and 95% bands",
    badge=Badge(text="Beats baseline in 11 of 12 back-tests", tone=Tone.GOOD, icon="verified"),
)
INBOX_HEADER = CardHeader(title="Needs you", action=Action(label="All 9", act="inbox"), is_ruled=True)
INBOX = (
    InboxRow(
        title="Aldermere renewal, $420\u202fk",
        reason="Close date passed 3 days ago; two stages behind deals that won.",
        icon="event_busy",
        tone=Tone.BAD,
        action=Action(label="Open deal", act="deal:1"),
    ),
    InboxRow(
        title="Salesforce is 9 hours behind",
        reason="Token expired. Numbers above use data from 10:31.",
        icon="sync_problem",
        tone=Tone.WARN,
        action=Action(label="Reconnect", act="source:salesforce"),
    ),
    InboxRow(
        title="Forecast override to approve",
        reason="EMEA commit lowered from $2.10\u202fM to $1.85\u202fM by L. Brandt.",
        icon="rate_review",
        action=Action(label="Review", act="forecast:emea"),
    ),
    InboxRow(
        title="Trial to paid is below its band",
        reason="7.1% for two days; expected 8.2 to 10.4%.",
        icon="notifications_active",
        tone=Tone.WARN,
        action=Action(label="Explain", act="anomaly:trial"),
    ),
    InboxRow(
        title="Board pack: 2 comments for you",
        reason="Monday 07:00 delivery to 11 people.",
        icon="forum",
        action=Action(label="Reply", act="report:board"),
    ),
)
INSIGHT_HEADER = CardHeader(
    title="What moved and why", subtitle="Against Q3 on the same day. Parts add up exactly.", is_ruled=True
)
INSIGHTS = (
    InsightRow(
        title="Win rate",
        act="why:win_rate",
        change=Change(text="\u22124.1 pts", direction=WORSE),
        before="27.9%",
        after="23.8%",
        sentence="EMEA explains 3.0 of the 4.1 points: 2.2 from losing more often, 0.8 from a shift towards EMEA.",
        contributions=(
            Contribution(label="EMEA", text="\u22123.0", value=-3.0, direction=WORSE),
            Contribution(label="N. America", text="\u22120.7", value=-0.7, direction=WORSE),
            Contribution(label="APAC", text="\u22120.4", value=-0.4, direction=WORSE),
        ),
    ),
    InsightRow(
        title="Bookings to date",
        act="why:bookings",
        change=Change(text="+$0.34\u202fM", direction=BETTER),
        before="$3.98\u202fM",
        after="$4.32\u202fM",
        sentence="Expansion is ahead in every region; new business is held back by 6 fewer mid-market deals.",
        contributions=(
            Contribution(label="Expansion", text="+0.41", value=0.41, direction=BETTER),
            Contribution(label="New", text="\u22120.07", value=-0.07, direction=WORSE),
        ),
    ),
    InsightRow(
        title="Slipped out of Q4",
        act="why:slipped",
        change=Change(text="+$1.12\u202fM", direction=WORSE),
        before="$2.35\u202fM",
        after="$3.47\u202fM",
        sentence="Three deals are two thirds of it. All three have been in legal review for more than 20 days.",
        contributions=(
            Contribution(label="Legal review", text="+0.75", value=0.75, direction=WORSE),
            Contribution(label="Budget", text="+0.22", value=0.22, direction=WORSE),
            Contribution(label="Other", text="+0.15", value=0.15, direction=WORSE),
        ),
    ),
)
ALERT = Alert(
    title="Salesforce stopped syncing 9 hours ago",
    text="The access token was revoked at 10:31 by an administrator of your Salesforce organisation. "
    "4 dashboards and 2 deliveries use older data until you reconnect.",
    tone=Tone.BAD,
    icon_name="sync_problem",
    actions=(Action(label="See log", act="log"), Action(label="Reconnect", act="reconnect", is_primary=True)),
)
ERROR = TileError(
    why="The query needed more than 2 GB. Partner names were joined to every product event.",
    remedy="Group by month, or ask an administrator for a larger limit.",
    actions=(
        Action(label="Group by month", act="group:month", is_primary=True),
        Action(label="Try again", act="retry"),
    ),
    reference="7F3K-21Q9",
)
EMPTY_GOOD = EmptyState(
    title="No account crossed its risk limit",
    text="142 accounts were checked at 19:40. The limit is 0.65.",
    icon="task_alt",
    tone=Tone.GOOD,
    actions=(Action(label="Change the limit", act="limit"),),
)
EMPTY_FIRST = EmptyState(
    title="Drop a CSV, Parquet or Excel file",
    text="Plumbline guesses types and draws the first chart in under a minute.",
    icon="upload_file",
    tone=Tone.INFO,
    actions=(
        Action(label="Choose a file", act="file", is_primary=True),
        Action(label="Connect a CRM", act="crm", icon="link"),
    ),
)
BADGES = (
    Badge(text="Certified", tone=Tone.GOOD, icon="verified"),
    Badge(text="Draft", icon="edit"),
    Badge(text="Stale", tone=Tone.WARN, icon="history"),
    Badge(text="Failed", tone=Tone.BAD, icon="error"),
    Badge(text="Forecast", tone=Tone.INFO, icon="trending_up"),
    Badge(text="Estimate", tone=Tone.OUTLINE),
)
CHANGES = (
    Change(text="+8.5%", direction=BETTER),
    Change(text="\u22124.1 pts", direction=WORSE),
    Change(text="+6 days", direction=WORSE),
    Change(text="no change"),
)
BRIDGE = Bridge(
    caption="What moved bookings",
    steps=(
        BridgeBar(label="Last quarter", text="$100 k", value=100, is_total=True),
        BridgeBar(label="EMEA", text="+$60 k", value=60, direction=Direction.BETTER),
        BridgeBar(label="APAC", text="\u2212$40 k", value=-40, direction=Direction.WORSE),
        BridgeBar(label="Now", text="$120 k", value=120, is_total=True),
    ),
)

TABLE = DataTable(
    caption="Expected conversion by lead source",
    columns=(
        TableColumn(label="Source"),
        TableColumn(label="Leads", is_number=True),
        TableColumn(label="Amount", is_number=True),
        TableColumn(label="Won", is_number=True),
        TableColumn(label="State"),
        TableColumn(label="Owner"),
    ),
    rows=(
        ("Inbound demo", "3,120", "$318,000", ShareCell(text="13.1%", share=0.91), BADGES[0], "Dana Okafor"),
        ("Organic", "2,866", "$264,000", ShareCell(text="6.4%", share=0.45), BADGES[1], "Lukas Brandt"),
        ("Outbound", "2,410", "\u2212$187,500", ShareCell(text="4.6%", share=0.32), BADGES[2], "Inès Caron"),
    ),
    foot=("Total", "8,396", "$394,500", "8.4%", "", ""),
    total_rows=12_340,
    notes=("Row policy: EMEA managers",),
    actions=(Action(label="CSV", href="/files/leads.csv"), Action(label="Excel", href="/files/leads.xlsx")),
)
FOOTER = FooterLine(
    notes=("0.21 s over 1.9\u202fM events", "Definition: classic"), actions=(Action(label="CSV", act="csv"),)
)


def _history(*bad: int, tone: Tone = Tone.BAD) -> tuple[RunMark, ...]:
    heights = (0.6, 0.55, 0.5, 0.9, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.9, 1.0, 1.0)
    return tuple(
        RunMark(height=height, tone=tone if place in bad else Tone.NEUTRAL) for place, height in enumerate(heights)
    )


UP_TO_DATE = Badge(text="Up to date", tone=Tone.GOOD, icon="check_circle")
SOURCES_HEAD = PageHead(
    answer="6 of 7 sources are within target.",
    cause="Salesforce has been waiting for you since 10:31.",
)
SOURCES_HEADER = CardHeader(
    title="Health",
    subtitle="Targets: CRM and billing 60 minutes, everything else 2 hours",
    action=Action(label="Sync all now", act="sync"),
)
SOURCES = (
    SourceRow(
        name="Salesforce",
        detail="CRM, production",
        status=Badge(text="Needs sign-in", tone=Tone.BAD, icon="error"),
        age="9 h 09 min",
        age_share=1.0,
        age_tone=Tone.BAD,
        rows="1,284,310",
        history=_history(12, 13),
        history_spoken="the last two of 14 syncs failed",
        action=Action(label="Open", act="open:salesforce"),
        mark="Sf",
    ),
    SourceRow(
        name="HubSpot",
        detail="Marketing contacts",
        status=UP_TO_DATE,
        age="12 min",
        age_share=0.2,
        rows="862,044",
        history=_history(),
        history_spoken="all of 14 syncs succeeded",
        next_run="19:55",
        action=Action(label="Open", act="open:hubspot"),
    ),
    SourceRow(
        name="NetSuite",
        detail="Invoices and credit notes",
        status=Badge(text="Slow", tone=Tone.WARN, icon="schedule"),
        age="1 h 52 min",
        age_share=0.93,
        age_tone=Tone.WARN,
        rows="418,236",
        history=_history(10, 12, 13, tone=Tone.WARN),
        history_spoken="three of 14 syncs were slow",
        next_run="20:00",
        action=Action(label="Open", act="open:netsuite"),
    ),
    *(
        SourceRow(
            name=name,
            detail=detail,
            status=UP_TO_DATE,
            age="38 min",
            age_share=0.3,
            age_tone=tone,
            rows="96,512",
            history=_history(3, tone=tone),
            history_spoken="all of 14 syncs succeeded",
            next_run="20:00",
            action=Action(label="Open", act=f"open:{name}"),
        )
        for name, detail, tone in (
            ("Zuora", "Billing", Tone.INFO),
            ("Postgres", "Warehouse", Tone.GOOD),
            ("Snowflake", "Warehouse", Tone.NEUTRAL),
            ("Stripe", "Billing, live mode", Tone.NEUTRAL),
        )
    ),
    SourceRow(
        name="targets_2026_with_a_rather_long_file_name.xlsx",
        detail="Uploaded file",
        status=Badge(text="Current", tone=Tone.GOOD, icon="check_circle"),
        age="12 Nov",
        rows="212",
        history=(RunMark(height=0.9),),
        history_spoken="one import, succeeded",
        next_run="manual",
        action=Action(label="Open", act="open:targets"),
    ),
)
