"""When a rep expects a deal to close, and how that changes: slips, pull-ins, promises of a quarter end."""

from demo.brightwater import plan
from demo.brightwater.journey import Draws, Journey, Situation
from demo.days import LAST, month_of, month_start, next_month, quarter_end, quarter_start, working_day

_TYPICAL_DAYS = 78.0
_PACE = (0.85, 1.05, 1.35)
_TYPE_PACE = (1.0, 0.72, 1.0)

Change = tuple[int, int]  # day of the change, the close date expected from then on


def expect(situation: Situation, journey: Journey, draws: Draws, *, first: int | None = None) -> list[Change]:
    """The close dates a deal had, by the day each was set; after closing it is the day of closing.

    `first` is the date first expected where it is known, such as the end of a renewed term.
    """
    closed = journey.close_day
    end = LAST + 1 if closed is None else closed
    if first is None:
        days = _TYPICAL_DAYS * _PACE[situation.segment] * _TYPE_PACE[situation.type] * situation.pace
        first = _promised(situation.created + max(10, round(days * draws.factor(0.3))), draws)
        first = max(first, situation.created + 7)
    changes = [(situation.created, first)]
    talks = [day for day, stage in journey.steps if stage == plan.NEGOTIATION and day < end][:1]
    for _ in range(9):
        set_on, guess = changes[-1]
        review = max(_review_day(guess, situation, draws), set_on + 1)
        if talks and set_on < talks[0] <= min(review, end - 1):
            _sharpen(changes, talks.pop(), draws)
            continue
        if review >= end:
            break
        changes.append((review, _pushed(guess, review, situation, draws)))
    if closed is not None and changes[-1][1] != closed:
        changes.append((closed, closed))
    return changes


def _review_day(guess: int, situation: Situation, draws: Draws) -> int:
    """The day the rep looks at an expected close date again: mostly when it has just passed."""
    end = quarter_end(guess)
    if situation.is_slipping and end - guess < 14:
        return min(working_day(end - draws.between(3, 12)), end - 1)
    early = 0.12 if end - guess < 14 else 0.4
    return working_day(guess - draws.between(0, 6) if draws.happens(early) else guess + draws.between(1, 8))


def _pushed(guess: int, review: int, situation: Situation, draws: Draws) -> int:
    """A later close date."""
    later = _promised(max(guess, review) + draws.between(12, 52), draws)
    if situation.is_slipping:
        return max(later, quarter_end(review) + draws.between(12, 45))
    return max(later, review + 5)


def _sharpen(changes: list[Change], day: int, draws: Draws) -> None:
    """In negotiation the date becomes known better, often earlier than it was promised."""
    guess = working_day(day + draws.between(9, 30))
    if draws.happens(0.5) and abs(guess - changes[-1][1]) > 9 and quarter_start(guess) <= quarter_start(changes[-1][1]):
        changes.append((day, guess))


def _promised(day: int, draws: Draws) -> int:
    """A date as reps promise it: often the end of the quarter, sometimes of the month."""
    turn = draws.point()
    end = quarter_end(day)
    if turn < 0.42 and end - day < 30:
        return end
    if turn < 0.42 and day - quarter_start(day) < 12 and month_of(day) != month_of(day - 12):
        return quarter_start(day) - 1
    return next_month(month_start(day)) - 1 if turn < 0.55 else day
