"""The templates there are: what each would like to show, best first."""

from charts import ChartKind
from metrics import Grain
from metrics.period import PeriodKind
from notebooks.template import Cohorts, Conversion, Course, Figure, Outlook, Parts, Rows, Template

_SALES = ("bookings", "revenue", "invoiced_revenue")
_WHERE = ("region", "country", "market", "segment", "channel", "category")
_WHO = ("owner", "rep", "customer", "account")
_CAMPAIGNS = ("campaign_spend", "campaign_clicks", "cost_per_click", "cost_per_lead", "new_customers", "revenue")

EXECUTIVE = Template(
    name="executive-dashboard",
    title="Executive dashboard",
    description="Where the quarter stands and will, what moved it, what converts, who stays, and what campaigns cost.",
    parts=(
        Figure(metric=_SALES, by=_WHERE),
        Figure(metric=("target_attainment", "gross_margin")),
        Figure(metric=("win_rate", "gross_profit"), by=_WHERE),
        Figure(metric=("net_new_mrr", "orders", "customers_ordering"), by=("movement", *_WHERE)),
        Course(metrics=(_SALES,), last=13),
        Parts(metric=_SALES, by=_WHERE),
        Outlook(metric=_SALES),
        Parts(metric=("win_rate", "gross_margin", "return_rate"), by=_WHERE, width=6),
        Course(metrics=(("pipeline_created", "orders"),), chart=ChartKind.COLUMN, last=13, width=6),
        Conversion(entities=("deal", "customer", "account")),
        Parts(metric=("net_new_mrr", "gross_profit"), by=("movement", *_WHERE), chart=ChartKind.WATERFALL, width=6),
        Cohorts(entities=("account", "customer", "person")),
        Rows(metrics=_CAMPAIGNS, by=("channel", "campaign_channel"), width=6),
        Rows(metrics=("slips", "win_rate"), by=_WHO, limit=7, width=6, title="At risk: whose deals slip most"),
        Rows(metrics=(*_SALES, "won_deals", "win_rate", "orders", "gross_margin"), by=_WHO, limit=10),
    ),
)

PIPELINE = Template(
    name="pipeline-inspection",
    title="Pipeline inspection",
    description="What is open, what was added, what slipped, and who carries it.",
    parts=(
        Figure(metric=("open_pipeline",)),
        Figure(metric=("open_deals", "deals_created", "orders")),
        Figure(metric=("pipeline_created", "average_order"), by=("source", *_WHERE)),
        Figure(metric=("slips", "days_to_ship"), by=_WHERE),
        Course(metrics=(("pipeline_created", "orders"),), chart=ChartKind.COLUMN, grain=Grain.WEEK, last=13),
        Parts(metric=("pipeline_created", "orders"), by=("source", *_WHERE)),
        Figure(metric=("win_rate", "discount_rate"), by=_WHERE, width=4),
        Figure(metric=("sales_cycle_days", "units"), width=4),
        Figure(metric=("average_deal", "average_unit_price"), by=_WHERE, width=4),
        Rows(metrics=("pipeline_created", "deals_created", "win_rate", "orders", "average_order"), by=_WHO),
    ),
)

MARKETING = Template(
    name="marketing-funnel",
    title="Marketing funnel",
    description="From spend and visits to leads, qualified leads and new business.",
    parts=(
        Figure(metric=("campaign_spend", "discount_rate"), by=("channel", "campaign", *_WHERE)),
        Figure(metric=("leads", "new_customers"), by=("channel", "source", *_WHERE)),
        Figure(metric=("lead_qualification_rate", "orders_per_customer")),
        Figure(metric=("cost_per_lead", "average_order")),
        Course(metrics=(("leads", "new_customers"), ("qualified_leads",)), last=13),
        Parts(metric=("leads", "new_customers"), by=("source", "channel", *_WHERE)),
        Course(metrics=(("campaign_spend", "revenue"),), chart=ChartKind.COLUMN, last=13, width=6),
        Parts(metric=("campaign_spend", "revenue"), by=("channel", "campaign", *_WHERE), width=6),
        Rows(metrics=_CAMPAIGNS, by=("campaign", "channel", *_WHERE)),
    ),
)

RETENTION = Template(
    name="retention-review",
    title="Retention review",
    description="Who stays, who grows, who leaves, and what that does to recurring revenue.",
    parts=(
        Figure(metric=("renewal_rate", "return_rate"), by=_WHERE),
        Figure(metric=("net_new_mrr", "customers_ordering"), by=("movement", *_WHERE)),
        Figure(metric=("churned_mrr", "returned_value"), by=_WHERE),
        Figure(metric=("expansion_mrr", "orders_per_customer"), by=_WHERE),
        Course(metrics=(("net_new_mrr", "customers_ordering"),), chart=ChartKind.COLUMN, last=13),
        Parts(metric=("churned_mrr", "returned_value"), by=("plan", *_WHERE), period=PeriodKind.YEAR),
        Course(metrics=(("churned_customers", "returns"), ("new_customers",)), last=13, width=6),
        Parts(metric=("renewal_rate", "return_rate"), by=_WHERE, period=PeriodKind.YEAR, width=6),
        Rows(metrics=("churned_mrr", "expansion_mrr", "net_new_mrr", "returned_value", "return_rate"), by=_WHERE),
    ),
)

BOARD_PACK = Template(
    name="board-pack",
    title="Board pack",
    description="The year so far by quarter: what came in, what it cost to win and keep, and where it came from.",
    parts=(
        Figure(metric=_SALES, by=_WHERE, period=PeriodKind.YEAR),
        Figure(metric=("target_attainment", "gross_margin"), period=PeriodKind.YEAR),
        Figure(metric=("net_new_mrr", "gross_profit"), by=("movement", *_WHERE), period=PeriodKind.YEAR),
        Figure(metric=("renewal_rate", "return_rate"), by=_WHERE, period=PeriodKind.YEAR),
        Course(metrics=(_SALES,), chart=ChartKind.COLUMN, grain=Grain.QUARTER, last=8),
        Parts(metric=_SALES, by=_WHERE, period=PeriodKind.YEAR),
        Course(
            metrics=(("net_new_mrr", "customers_ordering"),),
            chart=ChartKind.COLUMN,
            grain=Grain.QUARTER,
            last=8,
            width=6,
        ),
        Course(metrics=(("win_rate", "gross_margin"),), grain=Grain.QUARTER, last=8, width=6),
        Rows(metrics=(*_SALES, "won_deals", "win_rate", "orders", "gross_margin"), by=_WHERE, period=PeriodKind.YEAR),
    ),
)

WEEKLY = Template(
    name="weekly-sales-review",
    title="Weekly sales review",
    description="The week so far against the one before, the last quarter of weeks, and who brought what.",
    parts=(
        Figure(metric=_SALES, by=_WHERE, period=PeriodKind.WEEK),
        Figure(metric=("won_deals", "orders"), period=PeriodKind.WEEK),
        Figure(metric=("pipeline_created", "new_customers"), by=("source", *_WHERE), period=PeriodKind.WEEK),
        Figure(metric=("win_rate", "average_order"), period=PeriodKind.WEEK),
        Course(metrics=(_SALES,), chart=ChartKind.COLUMN, grain=Grain.WEEK, last=13),
        Parts(metric=_SALES, by=_WHERE),
        Course(metrics=(("pipeline_created", "orders"),), chart=ChartKind.COLUMN, grain=Grain.WEEK, last=13, width=6),
        Parts(metric=("won_deals", "units"), by=_WHERE, width=6),
        Rows(metrics=(*_SALES, "won_deals", "win_rate", "orders", "average_order"), by=_WHO, limit=10),
    ),
)

TEMPLATES = (EXECUTIVE, BOARD_PACK, WEEKLY, PIPELINE, MARKETING, RETENTION)
