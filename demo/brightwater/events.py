"""A million product and web events: what people did on the website and in the product, by person and time."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo import columns
from demo.brightwater import plan
from demo.brightwater.accounts import Accounts
from demo.brightwater.campaigns import CHANNELS, VISIT_SHARE, Touches
from demo.brightwater.contacts import Contacts
from demo.brightwater.moments import SPARE_HOURS, regional_moments
from demo.brightwater.usage import Visits
from demo.stream import Flags, Ints, Stream, choose, trim_to

_WEB = ("page_viewed", "pricing_viewed", "content_downloaded", "demo_requested")
_PAGE, _PRICING, _CONTENT, _DEMO = range(4)
_PRODUCT = (
    "session_started",
    "report_viewed",
    "report_created",
    "dashboard_shared",
    "export_downloaded",
    "data_connected",
    "teammate_invited",
    "alert_created",
)
_NAMES = (*_WEB, *_PRODUCT)
# What follows the start of a session, in daily use, while getting started, and for the accounts of the offer.
_DAILY = (0.0, 0.58, 0.13, 0.08, 0.12, 0.02, 0.02, 0.05)
_STARTING = (0.0, 0.36, 0.22, 0.05, 0.05, 0.16, 0.13, 0.03)
_OFFER = (0.0, 0.78, 0.10, 0.02, 0.07, 0.01, 0.01, 0.01)
_LENGTHS = (0.20, 0.22, 0.20, 0.15, 0.10, 0.07, 0.06)
_DEVICES = ("desktop", "mobile", "tablet")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sessions:
    """Sessions in any order: who, when, how many events; `channel` is -1 in the product."""

    contact: Ints
    start: Ints
    length: Ints
    channel: Ints
    is_new: Flags
    is_lead: Flags


def events_table(visits: Visits, touches: Touches, contacts: Contacts, accounts: Accounts) -> pa.Table:
    """`events`: one row per event, ordered by contact and time."""
    stream = Stream("brightwater", "events")
    sessions = _sessions(stream, visits, touches, contacts, accounts)
    session = np.repeat(np.arange(len(sessions.length)), sessions.length)
    place = np.arange(plan.EVENTS) - np.repeat(np.cumsum(sessions.length) - sessions.length, sessions.length)
    # Pauses between the events of a session: mostly short, none before the first.
    pause = 8 + (400 * stream.uniform(plan.EVENTS) ** 3).astype(np.int64)
    elapsed = np.cumsum(pause)
    elapsed -= elapsed[np.cumsum(sessions.length) - sessions.length][session]
    seconds = sessions.start[session] // 1_000_000 + elapsed
    contact = sessions.contact[session]
    epoch = int(seconds.min())
    order = np.argsort(contact * (1 << 33) + (seconds - epoch), kind="stable")
    name = _names(stream, sessions, session, place, accounts.is_offer[contacts.accounts[contact]])
    opens = session[order[place[order] == 0]]
    session, contact = session[order], contact[order]
    is_web = sessions.channel[session] >= 0
    # Sessions are numbered as they come in the table.
    rank = np.zeros(len(sessions.length), dtype=np.int64)
    rank[opens] = np.arange(len(rank))
    device = stream.pick((0.79, 0.17, 0.04), len(sessions.length))
    return pa.table(
        {
            "event_id": columns.whole(np.arange(plan.EVENTS) + 1),
            "occurred_at": columns.times(seconds[order] * 1_000_000),
            "contact_id": columns.whole(contact + 1),
            "account_id": columns.whole(contacts.accounts[contact] + 1),
            "session_id": columns.whole(rank[session] + 1),
            "event": columns.label(_NAMES, name[order]),
            "surface": columns.label(("product", "web"), is_web.astype(np.int64)),
            "channel": columns.label(CHANNELS, np.maximum(sessions.channel, 0)[session], is_web),
            "device": columns.label(_DEVICES, device[session]),
        }
    )


def _sessions(stream: Stream, visits: Visits, touches: Touches, contacts: Contacts, accounts: Accounts) -> _Sessions:
    """Visits to the product and the website, with as many events in all as planned."""
    shown = stream.uniform(len(touches.contact)) < np.array(VISIT_SHARE)[touches.channel]
    lost = (touches.day == plan.BAD_TRACKING_DAY) & (stream.uniform(len(shown)) >= plan.BAD_TRACKING_KEPT)
    web = np.flatnonzero(shown & ~lost)
    web_length = np.where(touches.is_lead[web], 3, 1) + stream.pick((0.4, 0.35, 0.25), len(web))
    length = 1 + stream.pick(_LENGTHS, len(visits.contact))
    length = trim_to(length, plan.EVENTS - int(web_length.sum()), stream.shuffle(len(length)))
    regions = accounts.regions[contacts.accounts[visits.contact]]
    start = regional_moments(visits.day, stream.uniform(len(length)), regions, spare_hours=SPARE_HOURS)
    # Somebody known by a visit on the same day uses the product only later, so one order by time holds both.
    return _Sessions(
        contact=np.concatenate([touches.contact[web], visits.contact]),
        start=np.concatenate([touches.moment[web], start]),
        length=np.concatenate([web_length, length]),
        channel=np.concatenate([touches.channel[web], np.full(len(length), -1)]),
        is_new=np.concatenate([np.zeros(len(web), dtype=bool), visits.is_new]),
        is_lead=np.concatenate([touches.is_lead[web], np.zeros(len(length), dtype=bool)]),
    )


def _names(stream: Stream, sessions: _Sessions, session: Ints, place: Ints, is_offer: Flags) -> Ints:
    """The name of each event, as a position in `_NAMES`."""
    points = stream.uniform(len(session))
    product = choose(_DAILY, points)
    product = np.where(sessions.is_new[session], choose(_STARTING, points), product)
    product = np.where(is_offer, choose(_OFFER, points), product)
    product = np.where(place == 0, 0, product) + len(_WEB)
    web = np.where(points < 0.22, _PRICING, np.where(points < 0.34, _CONTENT, _PAGE))
    is_end = place == sessions.length[session] - 1
    web = np.where(place == 0, _PAGE, np.where(is_end & sessions.is_lead[session], _DEMO, web))
    return np.where(sessions.channel[session] >= 0, web, product)
