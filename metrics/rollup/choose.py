"""Which rollups are worth building for a number of questions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from metrics.rollup.spec import Rollup


@dataclass(slots=True, kw_only=True)
class _Candidate:
    """A rollup in the making, and what it would serve."""

    rollup: Rollup
    needs: list[Rollup] = field(default_factory=list)


def choose_rollups(
    needs: Sequence[Rollup],
    is_small: Callable[[Rollup], bool],
    *,
    least_needs: int = 2,
    may_join: Callable[[Rollup], bool] | None = None,
) -> tuple[Rollup, ...]:
    """Few rollups that cover as many needs as they can while each is small; one that serves fewer is left out.

    `is_small` says whether a rollup has far fewer rows than its model, `may_join` whether it is small enough to serve
    needs that would each have a smaller one. A need goes to a rollup that covers it already,
    or to one of the same days, or to any other: in this order, the broadest first, so that others lie within them.
    """
    candidates: list[_Candidate] = []
    for need in sorted(dict.fromkeys(needs), key=lambda one: (not one.is_daily, -len(one.dimensions), str(one))):
        if not is_small(need):
            continue
        found = _place(need, candidates, may_join or is_small)
        if found is None:
            candidates.append(_Candidate(rollup=need, needs=[need]))
        else:
            found[0].rollup = found[1]
            found[0].needs.append(need)
    return tuple(one.rollup for one in candidates if len(one.needs) >= least_needs)


def _place(
    need: Rollup, candidates: Sequence[_Candidate], may_join: Callable[[Rollup], bool]
) -> tuple[_Candidate, Rollup] | None:
    """The candidate that takes a need in, and what it becomes."""
    joined = [(one, both) for one in candidates if (both := one.rollup.joined(need)) is not None]
    covering = [pair for pair in joined if pair[1] == pair[0].rollup]
    small = [pair for pair in joined if may_join(pair[1])]
    alike = [pair for pair in small if pair[1].is_daily == need.is_daily and pair[0].rollup.days == need.days]
    return next(iter((*covering, *alike, *small)), None)
