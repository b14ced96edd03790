"""The people at the accounts. Each account has one from its first day; the others come later."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo import columns
from demo.brightwater import plan
from demo.brightwater.accounts import Accounts
from demo.days import FIRST, LAST, moments, next_working
from demo.stream import Floats, Ints, Stream, trim_to
from demo.words import FAMILY_NAMES, GIVEN_NAMES, JOB_TITLES

_MEAN_BY_SEGMENT = (2.9, 4.4, 6.6)
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Contacts by position, ordered by account and then by day of creation; id is position + 1.

    `first` and `count` delimit the contacts of each account. `zeal` in [0, 1] is how much a person uses the product.
    """

    accounts: Ints
    created: Ints
    created_at: Ints
    zeal: Floats
    first: Ints
    count: Ints

    def known_at(self, accounts: Ints, days: Ints) -> Ints:
        """How many contacts each account had before each day; at least 1 for a day after the account's creation."""
        span = 1 << 17
        keys = self.accounts * span + self.created
        return np.searchsorted(keys, accounts * span + days, side="left") - self.first[accounts]

    def draw(self, accounts: Ints, days: Ints, points: Floats) -> Ints:
        """A contact of each account who was known before each day; early ones are drawn more often."""
        known = self.known_at(accounts, days)
        return self.first[accounts] + (points**1.5 * known).astype(np.int64)


def make_contacts(accounts: Accounts) -> Contacts:
    """All contacts."""
    stream = Stream("brightwater", "contacts")
    means = np.array(_MEAN_BY_SEGMENT)[accounts.segments]
    counts = 1 + (means * 1.5 * stream.uniform(len(means))).astype(np.int64)
    counts = trim_to(counts, plan.CONTACTS, stream.shuffle(len(counts)))
    owner = np.repeat(np.arange(len(counts)), counts)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    is_first = np.zeros(plan.CONTACTS, dtype=bool)
    is_first[first] = True
    born = accounts.created[owner]
    # People become known soon after the account; for old accounts also throughout the two years.
    room = LAST - 1 - born
    later = born + 1 + (room * stream.uniform(plan.CONTACTS) ** 2.4).astype(np.int64)
    # Half of the people at old accounts have been known for long.
    before = born + 1 + ((FIRST - 1 - born) * stream.uniform(plan.CONTACTS)).astype(np.int64)
    later = np.where((born < FIRST - 1) & (stream.uniform(plan.CONTACTS) < 0.5), before, later)
    created = np.where(is_first, born, np.maximum(next_working(np.minimum(later, LAST - 1)), born))
    order = np.lexsort((created, owner))
    created = created[order]
    hours = moments(created, stream.uniform(plan.CONTACTS), zone="UTC", opens=6.1, closes=23.0)
    return Contacts(
        accounts=owner,
        created=created,
        created_at=hours,
        zeal=stream.uniform(plan.CONTACTS),
        first=first.astype(np.int64),
        count=counts,
    )


def contacts_table(contacts: Contacts, accounts: Accounts, first_deal: Ints) -> pa.Table:
    """`contacts`: one row per person. `first_deal` is the day of each contact's first deal, 0 where there is none."""
    stream = Stream("brightwater", "contacts", "table")
    count = len(contacts.created)
    given = [GIVEN_NAMES[position] for position in stream.below(len(GIVEN_NAMES), count).tolist()]
    family = [FAMILY_NAMES[position] for position in stream.below(len(FAMILY_NAMES), count).tolist()]
    departments = tuple(JOB_TITLES)
    department = stream.pick((0.34, 0.2, 0.14, 0.18, 0.14), count)
    titles = [JOB_TITLES[departments[place]] for place in department.tolist()]
    title = [choices[int(point * len(choices))] for choices, point in zip(titles, stream.uniform(count), strict=True)]
    own_source = stream.uniform(count) < 0.3
    source = np.where(own_source, stream.pick(plan.SOURCE_SHARE, count), accounts.sources[contacts.accounts])
    has_deal = first_deal > 0
    qualified = has_deal | (stream.uniform(count) < 0.22)
    waited = (stream.uniform(count) ** 2 * 20).astype(np.int64) * _DAY + stream.below(20_000, count) * 1_000_000
    # A lead is qualified before its first deal, and never after today.
    limit = np.where(has_deal, first_deal * _DAY, LAST * _DAY)
    qualified_at = np.maximum(np.minimum(contacts.created_at + waited, limit), contacts.created_at)
    return pa.table(
        {
            "contact_id": columns.whole(np.arange(count) + 1),
            "account_id": columns.whole(contacts.accounts + 1),
            "name": columns.text(f"{first} {last}" for first, last in zip(given, family, strict=True)),
            "email": columns.text(_addresses(given, family, accounts, contacts)),
            "title": columns.text(title),
            "department": columns.label(departments, department),
            "source": columns.label(plan.SOURCES, source),
            "created_at": columns.times(contacts.created_at),
            "qualified_at": columns.times(qualified_at, qualified),
            "accepts_email": columns.flag(stream.uniform(count) < 0.83),
        }
    )


def _addresses(given: list[str], family: list[str], accounts: Accounts, contacts: Contacts) -> list[str]:
    """A unique e-mail address for each contact; namesakes at one company get a number."""
    seen: dict[str, int] = {}
    addresses = []
    for first, last, account in zip(given, family, contacts.accounts.tolist(), strict=True):
        address = f"{first}.{last}".lower()
        domain = accounts.domains[account]
        number = seen[address + domain] = seen.get(address + domain, 0) + 1
        addresses.append(f"{address}{number if number > 1 else ''}@{domain}")
    return addresses
