"""What one variant showed, as sums: its mean, the variance of one entity, and how many there were."""

from dataclasses import dataclass

from core.errors import InvalidError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A variant: the mean, the variance of one entity around it, and the number of entities."""

    mean: float
    variance: float
    count: int

    def __post_init__(self) -> None:
        if self.count < 2:
            raise InvalidError(f"A variant needs at least 2 entities to be compared; it has {self.count}.")

    @property
    def error(self) -> float:
        """The variance of the mean."""
        return self.variance / self.count


def proportion_sample(converted: int, count: int) -> Sample:
    """A share of entities that did something once or more."""
    if not 0 <= converted <= count:
        raise InvalidError(f"{converted} of {count} entities cannot have converted.")
    share = converted / count if count else 0.0
    return Sample(mean=share, variance=share * (1 - share), count=count)


def mean_sample(total: float, squares: float, count: int) -> Sample:
    """A mean over entities, revenue per user for one, from the sums of values and of their squares."""
    mean = total / count if count else 0.0
    spread = max(0.0, squares - total * mean)
    return Sample(mean=mean, variance=spread / max(1, count - 1), count=count)


def ratio_sample(
    *, top: float, top_squares: float, bottom: float, bottom_squares: float, products: float, count: int
) -> Sample:
    """A ratio of two sums over entities, such as orders per session, with its variance by the delta method.

    A. Deng et al., "Applying the delta method in metric analytics", KDD 2018, equation 4. Raises InvalidError for a
    denominator of 0.
    """
    if bottom == 0 or count < 2:
        raise InvalidError("A ratio needs a denominator that is not 0 and at least 2 entities.")
    above, below = mean_sample(top, top_squares, count), mean_sample(bottom, bottom_squares, count)
    covariance = (products - top * bottom / count) / (count - 1)
    ratio = top / bottom
    variance = (above.variance - 2 * ratio * covariance + ratio * ratio * below.variance) / below.mean**2
    return Sample(mean=ratio, variance=max(0.0, variance), count=count)


def adjusted_sample(sample: Sample, before: Sample, *, theta: float, covariance: float, expected: float) -> Sample:
    """CUPED: the mean with what was known before the experiment taken out.

    `before` is the same variant's value from before, `theta` the slope over both variants together, `expected` the mean
    from before over both. A. Deng et al., "Improving the sensitivity of online controlled experiments", WSDM 2013.
    """
    variance = sample.variance + theta * theta * before.variance - 2 * theta * covariance
    return Sample(mean=sample.mean - theta * (before.mean - expected), variance=max(0.0, variance), count=sample.count)
