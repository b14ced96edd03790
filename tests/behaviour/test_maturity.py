"""Maturity against statsmodels, against textbook figures and against simulated pipelines whose truth is known."""

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidError
from metrics.behaviour.maturity import Outcome, compare_at_age, estimate_incidence, estimate_survival, project_cohort

Floats = npt.NDArray[np.float64]
Outcomes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

logs = st.lists(st.tuples(st.integers(1, 12), st.sampled_from([0, 1, 2])), min_size=4, max_size=40)


@settings(max_examples=60, deadline=None)
@given(log=logs)
def test_incidence_and_its_deviation_equal_hand_written_sums(log: list[tuple[int, int]]) -> None:
    curve = estimate_incidence(np.array([age for age, _ in log], float), np.array([kind for _, kind in log], np.int8))
    still_open, share = 1.0, 0.0
    for place, time in enumerate(sorted({age for age, _ in log})):
        at_risk = sum(age >= time for age, _ in log)
        share += still_open * sum(one == (time, 1) for one in log) / at_risk
        still_open *= 1 - sum(age == time and kind > 0 for age, kind in log) / at_risk
        assert curve.share[place] == pytest.approx(share, abs=1e-12)
        assert curve.still_open[place] == pytest.approx(still_open, abs=1e-12)
        assert curve.low[place] - 1e-12 <= share <= curve.high[place] + 1e-12


@pytest.mark.filterwarnings("ignore")
def test_curves_equal_those_of_statsmodels() -> None:
    from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

    random = np.random.default_rng(3)
    ages = random.integers(1, 60, 400).astype(float)
    outcomes = random.choice([0, 1, 2], 400, p=[0.3, 0.4, 0.3]).astype(np.int8)
    curve = estimate_incidence(ages, outcomes)
    peer = CumIncidenceRight(ages, outcomes)
    at = curve.ages.searchsorted(peer.times)
    assert curve.share[at] == pytest.approx(peer.cinc[0], abs=1e-12)
    survival = estimate_survival(ages, outcomes == Outcome.CONVERTED)
    known = SurvfuncRight(ages, (outcomes == 1).astype(int))
    at = survival.ages.searchsorted(known.surv_times)
    assert survival.still_open[at] == pytest.approx(known.surv_prob, abs=1e-12)
    # The deviation behind the band, taken back from its upper end.
    inner = (known.surv_prob > 0) & (known.surv_prob < 1)
    share, high = survival.share[at][inner], survival.high[at][inner]
    deviation = -np.log(np.log(high) / np.log(share)) * -share * np.log(share) / 1.959963984540054
    assert deviation == pytest.approx(known.surv_prob_se[inner], rel=1e-9)


def test_remission_times_of_the_textbook() -> None:
    # Freireich et al. (1963), group 6-MP, as worked in Kleinbaum and Klein: survival after 6, 7, 10, 13, 16, 22, 23.
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    ages = np.array(ended + censored, float)
    curve = estimate_survival(ages, np.arange(ages.size) < len(ended))
    found = [round(curve.open_at(age) or 0, 4) for age in (6, 7, 10, 13, 16, 22, 23)]
    assert found == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]


def test_without_competing_ends_and_without_open_ones_the_share_is_the_plain_one() -> None:
    curve = estimate_incidence(np.array([1.0, 2, 3, 4]), np.array([1, 2, 1, 2], np.int8))
    assert [curve.share_at(age) for age in (0, 1, 3.5, 4)] == [0, 0.25, 0.5, 0.5]
    assert curve.share_at(4.1) is None


def pipeline(random: np.random.Generator, entries: Floats, now: float) -> tuple[Floats, Outcomes, Flags]:
    """Deals of which 30 % are won, after 30 days on average; losing takes 60. As seen at `now`; which are won."""
    is_won = random.random(entries.size) < 0.3
    length = np.where(is_won, random.gamma(3, 10, entries.size), random.gamma(3, 20, entries.size))
    seen = np.minimum(length, now - entries)
    outcomes = np.where(entries + length > now, Outcome.OPEN, np.where(is_won, Outcome.CONVERTED, Outcome.LOST))
    return seen, outcomes.astype(np.int8), is_won


def test_the_projection_is_nearer_to_the_truth_than_the_naive_rates() -> None:
    random = np.random.default_rng(11)
    cycle = 180.0
    lines = []
    for part in (0.25, 0.5, 0.75):
        naive_ended, naive_all, projected = [], [], []
        for _ in range(20):
            now = 3 * cycle
            history = pipeline(random, random.uniform(0, now - part * cycle, 4000), now)
            cohort = pipeline(random, np.full(400, now - part * cycle), now)
            curve = estimate_incidence(np.concatenate([history[0], cohort[0]]), np.concatenate([history[1], cohort[1]]))
            found = project_cohort(cohort[0], cohort[1], curve, cycle)
            assert found.of_ended is not None
            assert found.of_all is not None
            assert found.projected is not None
            truth = float(cohort[2].mean())
            naive_ended.append(abs(found.of_ended - truth))
            naive_all.append(abs(found.of_all - truth))
            projected.append(abs(found.projected - truth))
        errors = [float(np.mean(one)) for one in (naive_ended, naive_all, projected)]
        lines.append(f"{part:.0%} of the cycle: of ended {errors[0]:.3f}, of all {errors[1]:.3f}, ours {errors[2]:.3f}")
        # Late in the cycle all but a few have ended, and what all of them show is right as well.
        assert errors[2] < errors[0]
        assert errors[2] < max(errors[1], 0.005)
    print("\n".join(lines))  # noqa: T201


def day(text: str) -> dt.date:
    month, number, year = text.split("/")
    return dt.date(int(year), int(month), int(number))


def test_first_quarter_of_a_real_pipeline_flatters_because_losing_takes_longer(shared_data: Path) -> None:
    cut = dt.date(2017, 3, 31)
    ages, outcomes = [], []
    with (shared_data / "crm_maven" / "sales_pipeline.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["engage_date"] and day(row["engage_date"]) <= cut]
    for row in rows:
        entered, ended = day(row["engage_date"]), day(row["close_date"] or "12/31/9999")
        ages.append((min(ended, cut) - entered).days)
        outcomes.append({"Won": 1, "Lost": 2}[row["deal_stage"]] if ended <= cut else 0)
    curve = estimate_incidence(np.array(ages, float), np.array(outcomes, np.int8))
    found = project_cohort(np.array(ages, float), np.array(outcomes, np.int8), curve, float(max(ages)))
    assert found.of_ended is not None
    assert found.projected is not None
    # The win rate of all closed deals of the data set is 63.15 %; that of the first quarter shows 82 %.
    assert round(found.of_ended, 2) == 0.82
    assert abs(found.projected - 0.6315) < abs(found.of_ended - 0.6315)


def test_cohorts_are_compared_at_an_age_that_all_of_their_entities_have() -> None:
    old = (np.array([2.0, 9.0]), np.array([1, 1], np.int8), np.array([20.0, 20.0]))
    young = (np.array([2.0, 5.0]), np.array([1, 0], np.int8), np.array([20.0, 5.0]))
    assert compare_at_age({"old": old, "young": young}, 6) == {"old": 0.5, "young": None}


def test_a_cohort_of_nobody_has_no_rates_and_a_short_history_no_projection() -> None:
    curve = estimate_incidence(np.array([1.0]), np.array([1], np.int8))
    nobody = project_cohort(np.array([]), np.array([], np.int8), curve, 5)
    assert (nobody.of_all, nobody.of_ended, nobody.projected, nobody.maturity) == (None,) * 4
    assert project_cohort(np.array([0.5]), np.array([0], np.int8), curve, 5).projected is None


@pytest.mark.parametrize(("ages", "reason"), [([-1.0], "at least 0"), ([1.0, 2.0], "needs one outcome")])
def test_impossible_ages_are_refused(ages: list[float], reason: str) -> None:
    with pytest.raises(InvalidError, match=reason):
        estimate_incidence(np.array(ages), np.array([1], np.int8))
