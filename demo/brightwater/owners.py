"""The people who sell: reps in teams, their managers, and when each was hired."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo import columns
from demo.brightwater import plan
from demo.days import day_number, next_working
from demo.stream import Floats, Ints, Stream
from demo.words import FAMILY_NAMES, GIVEN_NAMES

# Team, region and number of reps.
_TEAMS = (
    ("NA East", plan.NORTH_AMERICA, 10),
    ("NA West", plan.NORTH_AMERICA, 9),
    ("EMEA North", plan.EMEA, 7),
    ("EMEA South", plan.EMEA, 7),
    ("APAC", plan.APAC, 7),
    ("LATAM", plan.LATAM, 4),
)
_SLIPPING_SEAT = 3
_NEW_HIRES = 12
_FOUNDED = day_number(dt.date(2019, 9, 2))
_WINDOW_HIRES = (day_number(dt.date(2024, 12, 2)), day_number(dt.date(2026, 6, 1)))
_RAMP_DAYS = 180.0
_QUOTA = (205_000, 190_000, 165_000, 140_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Reps first (`0 .. reps - 1`), then the team managers, then the chief revenue officer; id is position + 1."""

    names: tuple[str, ...]
    teams: Ints
    regions: Ints
    hired: Ints
    skill: Floats
    reps: int
    slipping_rep: int

    def by_region(self) -> list[list[int]]:
        """The positions of the reps of each region."""
        return [[rep for rep in range(self.reps) if self.regions[rep] == region] for region in range(4)]

    def ramp(self, rep: int, day: int) -> float:
        """The share of a seasoned rep's success on a day: 0 before hiring, 0.55 at first, 1 after half a year."""
        served = day - int(self.hired[rep])
        return 0.0 if served < 0 else min(1.0, 0.55 + 0.45 * served / _RAMP_DAYS)


def make_owners() -> Owners:
    """The sales organisation."""
    stream = Stream("brightwater", "owners")
    reps = sum(size for _, _, size in _TEAMS)
    teams = np.repeat(np.arange(len(_TEAMS)), [size for _, _, size in _TEAMS])
    teams = np.concatenate([teams, np.arange(len(_TEAMS)), [-1]]).astype(np.int64)
    region_of_team = np.array([region for _, region, _ in _TEAMS] + [plan.NORTH_AMERICA])
    hired = next_working(_FOUNDED + stream.below(1_700, len(teams)))
    new_hires = stream.shuffle(reps)
    new_hires = new_hires[new_hires != _SLIPPING_SEAT][:_NEW_HIRES]
    low, high = _WINDOW_HIRES
    # People start on a Monday.
    hired[new_hires] = low + stream.below((high - low) // 7, _NEW_HIRES) * 7
    names = _names(stream, len(teams))
    names[_SLIPPING_SEAT] = plan.SLIPPING_REP
    return Owners(
        names=tuple(names),
        teams=teams,
        regions=region_of_team[teams],
        hired=hired,
        skill=1.0 + 0.14 * stream.normal(len(teams)),
        reps=reps,
        slipping_rep=_SLIPPING_SEAT,
    )


def _names(stream: Stream, count: int) -> list[str]:
    given = stream.shuffle(len(GIVEN_NAMES))[:count]
    family = stream.shuffle(len(FAMILY_NAMES))[:count]
    return [f"{GIVEN_NAMES[first]} {FAMILY_NAMES[last]}" for first, last in zip(given, family, strict=True)]


def owners_table(owners: Owners) -> pa.Table:
    """`owners`: one row per rep, manager and officer."""
    count = len(owners.names)
    everyone = np.arange(count)
    officer = count - 1
    managers = np.where(everyone < owners.reps, owners.reps + owners.teams, officer)
    roles = np.where(everyone < owners.reps, 0, np.where(everyone < officer, 1, 2))
    quotas = np.array(_QUOTA)[owners.regions] * 100
    has_manager = everyone != officer
    return pa.table(
        {
            "owner_id": columns.whole(everyone + 1),
            "name": columns.text(owners.names),
            "email": columns.text(f"{name.lower().replace(' ', '.')}@brightwater.example" for name in owners.names),
            "role": columns.label(("Account executive", "Team manager", "Chief revenue officer"), roles),
            "team": columns.label(
                (*(name for name, _, _ in _TEAMS), "Leadership"), np.where(has_manager, owners.teams, len(_TEAMS))
            ),
            "manager_id": columns.whole(managers + 1, has_manager),
            "manager": columns.label(owners.names, managers, has_manager),
            "region": columns.label(plan.REGIONS, owners.regions),
            "hired_on": columns.dates(owners.hired),
            "quarterly_quota": columns.money(quotas, everyone < owners.reps),
        }
    )
