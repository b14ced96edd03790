"""Experiments against gbstats, scipy, statsmodels, published figures, and ten thousand of them without an effect."""

import csv
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import InvalidError
from metrics.behaviour.experiments import (
    Method,
    Sample,
    adjust_p_values,
    adjusted_sample,
    chance_to_win,
    compare,
    mean_sample,
    power_of,
    proportion_sample,
    ratio_sample,
    required_entities,
    sample_ratio_p_value,
)

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("gbstats_results.json").read_text())
RANDOM = np.random.default_rng(5)
A, B = RANDOM.gamma(2, 10, 500), RANDOM.gamma(2, 11, 700)


def sample_of(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Sample:
    return mean_sample(float(values.sum()), float((values**2).sum()), values.size)


def test_means_equal_the_test_of_scipy() -> None:
    from scipy.stats import ttest_ind

    peer = ttest_ind(B, A, equal_var=False)
    interval = peer.confidence_interval(0.95)
    found = compare(sample_of(A), sample_of(B))
    assert found.p_value == pytest.approx(peer.pvalue)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def recorded_sample(kind: str, sums: dict[str, float]) -> Sample:
    count = int(sums["count"])
    if kind == "proportion":
        return proportion_sample(int(sums["total"]), count)
    after = mean_sample(sums["total"], sums["squares"], count)
    if kind == "mean":
        return after
    if kind == "ratio":
        return ratio_sample(
            top=sums["total"], top_squares=sums["squares"], bottom=sums["other_total"],
            bottom_squares=sums["other_squares"], products=sums["products"], count=count,
        )  # fmt: skip
    before = mean_sample(sums["other_total"], sums["other_squares"], count)
    covariance = (sums["products"] - sums["total"] * sums["other_total"] / count) / (count - 1)
    return adjusted_sample(after, before, theta=sums["theta"], covariance=covariance, expected=0)


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case["kind"])
def test_results_equal_those_recorded_from_gbstats(case: dict[str, Any]) -> None:
    control, variant = (recorded_sample(case["kind"], case[side]) for side in ("control", "variant"))
    for method in Method:
        found, peer = compare(control, variant, method=method), case[str(method)]
        assert found.difference == pytest.approx(peer["difference"], rel=1e-9)
        assert (found.low, found.high) == pytest.approx((peer["low"], peer["high"]), rel=1e-6)
        assert found.p_value == pytest.approx(peer["p_value"], rel=1e-6)
    assert chance_to_win(control, variant) == pytest.approx(case["flat"], abs=1e-9)
    # There the prior is of the effect relative to the control, whose mean is the one without CUPED.
    mean = case["control"]["total"] / case["control"].get("other_total" if case["kind"] == "ratio" else "count")
    doubtful = chance_to_win(control, variant, prior_deviation=RECORDED["prior_deviation"] * mean)
    assert doubtful == pytest.approx(case["prior"], abs=1e-9)


@pytest.mark.filterwarnings("ignore")
def test_two_means_and_two_shares_equal_the_tests_of_statsmodels() -> None:
    from statsmodels.stats.proportion import proportions_ztest
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    peer = CompareMeans(DescrStatsW(B), DescrStatsW(A))
    found = compare(sample_of(A), sample_of(B))
    _, p_value, _ = peer.ttest_ind(usevar="unequal")
    assert found.p_value == pytest.approx(p_value)
    assert (found.low, found.high) == pytest.approx(peer.tconfint_diff(usevar="unequal"))
    # Unpooled and normal there; with so many entities Welch's t is the same to four digits.
    shares = compare(proportion_sample(5_000, 50_000), proportion_sample(5_180, 50_000))
    _, p_value = proportions_ztest([5_180, 5_000], [50_000, 50_000], prop_var=False)
    assert shares.p_value == pytest.approx(p_value, rel=1e-3)


def test_landing_pages_equal_the_published_answer(shared_data: Path) -> None:
    shown: Counter[tuple[str, str]] = Counter()
    path = shared_data / "ab_udacity_landing" / "ab_data.csv.gz"
    pages = {"control": "old_page", "treatment": "new_page"}
    seen = set()
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            if pages[row["group"]] == row["landing_page"] and row["user_id"] not in seen:
                seen.add(row["user_id"])
                shown[row["group"], row["converted"]] += 1
    control, variant = (proportion_sample(shown[group, "1"], shown[group, "0"] + shown[group, "1"]) for group in pages)
    found = compare(control, variant)
    z = found.difference / (control.error + variant.error) ** 0.5
    # Published: z -1.3109, p 0.190; the test there pools the variances, which differ in the last digit.
    assert round(z, 2) == -1.31
    assert round(found.p_value, 2) == 0.19
    assert not found.is_significant


def test_a_ratio_has_the_spread_that_resampling_entities_shows() -> None:
    random = np.random.default_rng(8)
    bottom = random.poisson(4, 2000) + 1.0
    top = random.binomial(bottom.astype(int), 0.3).astype(float)
    found = ratio_sample(
        top=top.sum(), top_squares=(top**2).sum(), bottom=bottom.sum(), bottom_squares=(bottom**2).sum(),
        products=(top * bottom).sum(), count=2000,
    )  # fmt: skip
    picked = random.integers(0, 2000, (4000, 2000))
    resampled = top[picked].sum(axis=1) / bottom[picked].sum(axis=1)
    assert found.mean == pytest.approx(top.sum() / bottom.sum())
    assert found.error**0.5 == pytest.approx(resampled.std(), rel=0.05)


def test_what_was_known_before_narrows_the_interval_as_residuals_do() -> None:
    random = np.random.default_rng(9)
    before = random.normal(50, 10, 2000)
    after = before + random.normal(0, 4, 2000)
    theta = float(np.cov(before, after)[0, 1] / before.var(ddof=1))
    found = adjusted_sample(
        sample_of(after), sample_of(before), theta=theta, covariance=float(np.cov(before, after)[0, 1]), expected=50.0
    )
    by_hand = after - theta * (before - 50)
    assert (found.mean, found.variance) == pytest.approx((by_hand.mean(), by_hand.var(ddof=1)))
    assert found.variance < 0.2 * sample_of(after).variance


def test_watching_all_the_time_raises_few_false_alarms_and_watching_a_fixed_test_many() -> None:
    random = np.random.default_rng(12)
    looks = np.arange(100, 2001)
    false, fixed, runs = 0, 0, 10_000
    for _ in range(runs // 500):
        both = random.normal(0, 1, (500, 2, looks[-1]))
        sums, squares = both.cumsum(axis=2)[:, :, looks - 1], (both**2).cumsum(axis=2)[:, :, looks - 1]
        variance = (squares - sums**2 / looks) / (looks - 1)
        error = variance.sum(axis=1) / looks
        distance = np.abs(sums[:, 1] - sums[:, 0]) / looks / np.sqrt(error)
        # How many deviations the interval reaches is the same for every sample of one size.
        reach = [
            compare(one, one, method=Method.SEQUENTIAL).high / (2 / n) ** 0.5
            for n in looks
            for one in [Sample(mean=0, variance=1, count=int(n))]
        ]
        false += int((distance > np.array(reach)).any(axis=1).sum())
        fixed += int((distance > 1.96).any(axis=1).sum())
    assert false / runs <= 0.05
    assert fixed / runs > 0.15


def test_the_sequential_p_value_is_the_level_whose_interval_just_leaves_zero_out() -> None:
    control, variant = proportion_sample(500, 5000), proportion_sample(590, 5000)
    found = compare(control, variant, method=Method.SEQUENTIAL)
    assert found.is_significant == (found.low > 0 or found.high < 0)
    assert found.high - found.low > compare(control, variant).high - compare(control, variant).low


def test_chance_to_win_is_the_share_of_draws_in_which_the_variant_is_better() -> None:
    control, variant = proportion_sample(500, 5000), proportion_sample(540, 5000)
    random = np.random.default_rng(1)
    draws = random.beta(541, 4461, 400_000) > random.beta(501, 4501, 400_000)
    assert chance_to_win(control, variant) == pytest.approx(draws.mean(), abs=0.004)
    doubtful = chance_to_win(control, variant, prior_deviation=0.001)
    assert doubtful is not None
    assert 0.5 < doubtful < draws.mean()
    same = Sample(mean=1, variance=0, count=5)
    assert chance_to_win(same, same) is None


def test_an_uneven_split_is_found() -> None:
    from scipy.stats import chisquare

    assert sample_ratio_p_value([5000, 5200], [1, 1]) == pytest.approx(chisquare([5000, 5200]).pvalue)
    assert sample_ratio_p_value([50_000, 51_500], [1, 1]) < 0.001


@pytest.mark.filterwarnings("ignore")
def test_p_values_read_together_equal_those_of_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    p_values = [0.001, 0.04, 0.03, 0.2, 0.04]
    assert adjust_p_values(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])
    found = adjust_p_values(p_values, "benjamini-hochberg")
    assert found == pytest.approx(multipletests(p_values, method="fdr_bh")[1])


@pytest.mark.filterwarnings("ignore")
def test_a_plan_equals_that_of_statsmodels_and_has_the_power_asked_for() -> None:
    from statsmodels.stats.power import NormalIndPower

    needed = required_entities(0.09, 0.02)
    peer = NormalIndPower().solve_power(0.02 / 0.3, power=0.8, alpha=0.05)
    assert needed == pytest.approx(peer, rel=1e-3)
    assert power_of(0.09, 0.02, needed) == pytest.approx(0.8, abs=1e-3)


def test_nothing_that_varies_is_no_evidence_and_impossible_figures_are_refused() -> None:
    flat = Sample(mean=2, variance=0, count=3)
    assert compare(flat, flat).p_value == 1
    assert compare(Sample(mean=0, variance=1, count=9), flat).lift is None
    with pytest.raises(InvalidError, match="at least 2 entities"):
        Sample(mean=1, variance=1, count=1)
    with pytest.raises(InvalidError, match="cannot have converted"):
        proportion_sample(5, 4)
    with pytest.raises(InvalidError, match="not 0"):
        ratio_sample(top=1, top_squares=1, bottom=0, bottom_squares=0, products=0, count=2)
    with pytest.raises(InvalidError, match="needs a difference"):
        required_entities(1, 0)
    with pytest.raises(InvalidError, match="a weight above 0"):
        sample_ratio_p_value([1, 2], [1, 0])
    with pytest.raises(InvalidError, match="between 0 and 1"):
        compare(flat, flat, alpha=0)
