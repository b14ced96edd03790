"""Whether an open deal is won within a quarter, from every change that its history has."""

from functools import partial

from forecasting.deals import DealHistory, deal_panel, open_deals
from forecasting.scores import Features
from metrics import Catalog
from services.foresight.deal_history import read_deals
from services.pipeline import pipeline_model
from services.platform import Platform
from services.scoring.kind import Population
from tenants.access import Principal

KIND = "deal_win"
LABEL = "Deals won"
ENTITY, ENTITIES, EVENT = "deal", "open deals", "be won"
WITHIN = 90
_LABELS = {
    "age": "Age", "amount": "Amount", "amount_growth": "Amount against the first", "days_in_stage": "Time in stage",
    "days_to_close": "Time to the close date", "owner": "Owner", "postponed": "Times put off",
    "postponed_days": "Close date moved by", "stage": "Stage", "stage_changes": "Changes of stage",
}  # fmt: skip
_DAYS = ("age", "days_in_stage", "days_to_close", "postponed_days")


def is_offered(catalog: Catalog) -> bool:
    """Where a model has a `pipeline`."""
    return pipeline_model(catalog) is not None


def read(platform: Platform, principal: Principal) -> Population:
    """The reader's deals with all their changes."""
    found = read_deals(platform, principal, subject="deal score")
    return Population(
        panel=partial(deal_panel, found.history, within=WITHIN),
        now=partial(_now, found.history),
        labels={**found.labels, **_LABELS},
        units={**dict.fromkeys(_DAYS, "days"), "amount": principal.tenant.currency},
        digest=found.digest,
        version=found.version,
    )


def _now(history: DealHistory, day: int) -> tuple[tuple[str, ...], Features]:
    taken = open_deals(history, day)
    return tuple(str(history.deals[place]) for place in taken.deal), taken.features
