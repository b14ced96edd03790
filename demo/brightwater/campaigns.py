"""Campaigns, what they cost each day, and the touches by which people met them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo import columns
from demo.brightwater import plan
from demo.brightwater.accounts import Accounts
from demo.brightwater.contacts import Contacts
from demo.brightwater.moments import SPARE_HOURS, regional_moments
from demo.brightwater.records import Deal
from demo.days import FIRST, LAST, date_of, months, next_working, quarter_end, quarter_start, working
from demo.stream import Flags, Ints, Stream

CHANNELS = plan.SOURCES[:7]
# What a quarter costs per channel in dollars, and what a click costs there.
_QUARTERLY_SPEND = (58_000, 148_000, 112_000, 165_000, 64_000, 41_000, 14_000)
_CLICK_COST = (0.9, 4.6, 3.1, 22.0, 3.4, 2.4, 1.5)
_OFFER_SPEND = 36_000
_TITLES = ("Field guide", "Search", "Awareness", "Roadshow", "Co-selling", "Sequences", "Champions")
_KINDS = ("visit", "ad click", "ad click", "event visit", "partner introduction", "e-mail reply", "introduction")
_BACKGROUND = 21_000
# The share of each channel's touches that also left a visit to the website.
VISIT_SHARE = (1.0, 1.0, 1.0, 0.35, 0.5, 0.25, 0.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touches:
    """Touches by time: who, when, which channel; `is_lead` marks the one that led to a deal."""

    contact: Ints
    day: Ints
    moment: Ints
    channel: Ints
    campaign: Ints
    is_lead: Flags


def _quarters() -> list[int]:
    starts, day = [], quarter_start(FIRST)
    while day <= LAST:
        starts.append(day)
        day = quarter_end(day) + 1
    return starts


def campaign_of(channels: Ints, days: Ints) -> Ints:
    """The id of the campaign a channel ran on a day; 0 for channels that have none."""
    quarter = np.searchsorted(np.array(_quarters()), days, side="right") - 1
    return np.where(channels < len(CHANNELS), quarter * len(CHANNELS) + channels + 1, 0)


def offer_campaign() -> int:
    """The id of the partner marketplace offer's campaign."""
    return len(_quarters()) * len(CHANNELS) + 1


def campaigns_of_deals(deals: list[Deal]) -> Ints:
    """The campaign id behind each deal, 0 for none."""
    sources = columns.numbers(deal.source for deal in deals)
    found = campaign_of(sources, columns.numbers(deal.created for deal in deals))
    is_offer = np.array([deal.is_offer for deal in deals])
    return np.where(is_offer, offer_campaign(), found)


def campaigns_table() -> pa.Table:
    """`campaigns`: one per channel and quarter, and the partner marketplace offer."""
    starts = _quarters()
    dates = [date_of(start) for start in starts]
    names = [f"{title} Q{(date.month + 2) // 3} {date.year}" for date in dates for title in _TITLES]
    first = [max(start, FIRST) for start in starts for _ in CHANNELS]
    last = [quarter_end(start) for start in starts for _ in CHANNELS]
    channel = np.tile(np.arange(len(CHANNELS)), len(starts))
    budgets = [spend * 100 for _ in starts for spend in _QUARTERLY_SPEND]
    return pa.table(
        {
            "campaign_id": columns.whole(np.arange(len(names) + 1) + 1),
            "name": columns.text([*names, plan.OFFER_NAME]),
            "channel": columns.label(CHANNELS, np.append(channel, plan.PARTNER)),
            "start_date": columns.dates(columns.numbers([*first, plan.OFFER_FROM - 7])),
            "end_date": columns.dates(columns.numbers([*last, plan.OFFER_TO])),
            "budget": columns.money(columns.numbers([*budgets, _OFFER_SPEND * 100])),
        }
    )


def spend_table() -> pa.Table:
    """`campaign_spend`: money, impressions and clicks of each campaign on each day."""
    stream = Stream("brightwater", "campaign_spend")
    days = np.arange(FIRST, LAST + 1)
    day = np.repeat(days, len(CHANNELS))
    channel = np.tile(np.arange(len(CHANNELS)), len(days))
    campaign = campaign_of(channel, day)
    offer = np.arange(plan.OFFER_FROM - 7, plan.OFFER_TO + 1)
    day, channel = np.append(day, offer), np.append(channel, np.full(len(offer), plan.PARTNER))
    campaign = np.append(campaign, np.full(len(offer), offer_campaign()))
    daily = np.where(
        campaign == offer_campaign(), _OFFER_SPEND / len(offer), np.array(_QUARTERLY_SPEND)[channel] / 91.3
    )
    growth = 1 + 0.16 * (day - FIRST) / 365.25
    season = np.array(plan.MONTH_DEMAND)[months(day) - 1]
    noise = 0.75 + 0.5 * stream.uniform(len(day))
    cents = np.rint(daily * growth * season * noise * np.where(working(day), 1.22, 0.46) * 100).astype(np.int64)
    clicks = (cents / 100 / np.array(_CLICK_COST)[channel] * (0.85 + 0.3 * stream.uniform(len(day)))).astype(np.int64)
    order = np.lexsort((campaign, day))
    return pa.table(
        {
            "spend_id": columns.whole(np.arange(len(day)) + 1),
            "campaign_id": columns.whole(campaign[order]),
            "spent_on": columns.dates(day[order]),
            "amount": columns.money(cents[order]),
            "impressions": columns.whole((clicks * (28 + 14 * stream.uniform(len(day)))).astype(np.int64)[order]),
            "clicks": columns.whole(clicks[order]),
        }
    )


def make_touches(deals: list[Deal], primary: Ints, contacts: Contacts, accounts: Accounts) -> Touches:
    """What led to the deals, what accompanied them, and the touches that led to nothing."""
    stream = Stream("brightwater", "campaign_touches")
    new = np.array([deal.type == plan.NEW for deal in deals])
    contact = primary[new]
    created = columns.numbers(deal.created for deal in deals)[new]
    source = columns.numbers(deal.source for deal in deals)[new]
    # The touch that led to the deal lies between the person becoming known and the day before the deal.
    lead = np.maximum(
        created - 1 - (26 * stream.uniform(len(created)) ** 2).astype(np.int64), contacts.created[contact]
    )
    more = stream.pick((0.16, 0.26, 0.25, 0.18, 0.1, 0.05), len(created))
    along = np.repeat(np.arange(len(created)), more)
    early = np.maximum(contacts.created[contact[along]], created[along] - 95)
    late = np.minimum(LAST, created[along] + 45)
    around = early + ((late - early + 1) * stream.uniform(len(along))).astype(np.int64)
    stray = stream.below(plan.CONTACTS, _BACKGROUND)
    since = np.maximum(contacts.created[stray], FIRST)
    drift = since + ((LAST - since + 1) * stream.uniform(_BACKGROUND) ** 1.3).astype(np.int64)
    who = np.concatenate([contact, contact[along], stray])
    day = np.concatenate([lead, np.maximum(next_working(around), contacts.created[contact[along]]), drift])
    channel = np.concatenate(
        [
            source,
            stream.pick(plan.SOURCE_SHARE, len(along)),
            np.where(
                stream.uniform(_BACKGROUND) < 0.5,
                accounts.sources[contacts.accounts[stray]],
                stream.pick(plan.SOURCE_SHARE, _BACKGROUND),
            ),
        ]
    )
    is_lead = np.arange(len(who)) < len(lead)
    campaign = campaign_of(channel, day)
    by_offer = np.append(np.array([deal.is_offer for deal in deals])[new], np.zeros(len(who) - len(lead), dtype=bool))
    campaign[by_offer] = offer_campaign()
    regions = accounts.regions[contacts.accounts[who]]
    moment = regional_moments(day, stream.uniform(len(who)), regions, spare_hours=SPARE_HOURS)
    # On the day somebody became known, that was by the touch itself.
    moment = np.where(day == contacts.created[who], contacts.created_at[who], moment)
    inside = np.flatnonzero((day >= FIRST) & (day <= LAST))
    order = inside[np.argsort(moment[inside], kind="stable")]
    return Touches(
        contact=who[order],
        day=day[order],
        moment=moment[order],
        channel=channel[order],
        campaign=campaign[order],
        is_lead=is_lead[order],
    )


def touches_table(touches: Touches, contacts: Contacts) -> pa.Table:
    """`campaign_touches`: one row per meeting of a person and a campaign."""
    return pa.table(
        {
            "touch_id": columns.whole(np.arange(len(touches.contact)) + 1),
            "occurred_at": columns.times(touches.moment),
            "contact_id": columns.whole(touches.contact + 1),
            "account_id": columns.whole(contacts.accounts[touches.contact] + 1),
            "campaign_id": columns.whole(touches.campaign),
            "channel": columns.label(CHANNELS, touches.channel),
            "kind": columns.label(_KINDS, touches.channel),
        }
    )
