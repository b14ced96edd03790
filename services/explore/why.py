"""Why a metric moved: which dimension tells most, what its members did, and what inside the first of them did."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from core.errors import RefusedError
from core.result import Result
from metrics import Catalog, Dimension, Metric, MetricQuery, compile_query
from metrics.movement import Movement, Pair, explain_ratio, explain_sum, rank_movements
from metrics.parts import DENOMINATOR, NUMERATOR, with_parts
from metrics.shift import TARGET, parse_shift
from services.definitions import require_catalog
from services.explore.question import Question, member_text
from services.permitted import permitted
from services.platform import Platform
from services.query import run_compiled
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal

MAX_MEMBERS = 200
MAX_DIMENSIONS = 12
MAX_INNER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A change explained. `movements` have the most telling dimension first; `inner` is the most telling dimension
    inside its largest part, `member` its name; None where there is none to tell. `sql` is that of the first one."""

    metric: Metric
    against: str
    movements: tuple[tuple[Dimension, Movement], ...]
    inner: tuple[Dimension, Movement] | None
    member: str
    sql: str


@permitted(Permission.METRIC_QUERY)
def explain_change(platform: Platform, principal: Principal, question: Question) -> Why:
    """Why the first metric of a question differs from what it is compared with first.

    Raises RefusedError where nothing is compared, where the metric neither adds up nor divides what does, and where
    nothing is known of one of the two periods.
    """
    catalog = require_catalog(platform, principal)
    asked = _Asked(platform, principal, catalog, question)
    found = [pair for pair in map(asked.movement, asked.dimensions()) if pair is not None]
    if not found:
        raise RefusedError(
            f"{asked.metric.label} has no dimension of at most {MAX_MEMBERS} members with values in both periods."
        )
    movements = _ranked(found)
    first, movement = movements[0]
    inner, member = None, ""
    if movement.change and movement.contributions:
        largest = movement.contributions[0].member
        others = [dimension for dimension, _ in movements[1 : MAX_INNER + 1]]
        inside = [pair for one in others if (pair := asked.movement(one, member_text(first, largest))) is not None]
        told = [pair for pair in _ranked(inside) if pair[1].change and len(pair[1].contributions) > 1]
        inner, member = (told[0], str(largest)) if told else (None, "")
    return Why(
        metric=asked.metric, against=asked.against, movements=movements, inner=inner, member=member, sql=asked.sql
    )


class _Asked:
    """One change, asked for by member of one dimension after the other."""

    def __init__(self, platform: Platform, principal: Principal, catalog: Catalog, question: Question) -> None:
        self._platform, self._principal = platform, principal
        self._moment = question.moment(principal.tenant.zone)
        self.metric = catalog.metric(question.metrics[0]) if question.metrics else _nothing()
        compared = [text for text in question.compare if text != TARGET]
        if not compared:
            raise RefusedError("Choose a comparison with another time to see why the metric moved.")
        shift = parse_shift(compared[0])
        self.against, self._word = shift.label, shift.column
        self._query = replace(
            question.to_query(catalog), grain=None, by=(), compare=(compared[0],), top=None, has_totals=False,
            is_filled=False,
        )  # fmt: skip
        self._catalog, self._names = _parts(catalog, self.metric)
        self.sql = ""

    def dimensions(self) -> list[Dimension]:
        """Those that may tell something."""
        found = [one for one in self._catalog.dimensions_of(self._names) if not one.is_time]
        return found[:MAX_DIMENSIONS]

    def movement(self, dimension: Dimension, where: str = "") -> tuple[Dimension, Movement] | None:
        """The change by member; None with too many members or where it is undefined."""
        text = " AND ".join(f"({part})" for part in (self._query.where, where) if part)
        query = replace(
            self._query, metrics=self._names, by=(dimension.name,), where=text or None, limit=MAX_MEMBERS + 1
        )
        result = self._ask(query)
        if result.table.num_rows > MAX_MEMBERS:
            return None
        members = result.values(dimension.name)
        values = [self._pairs(result, name, members) for name in self._names]
        if len(values) == 2 and _is_outcome(values[0], values[1]):
            return None
        movement = (
            explain_sum(dimension.label, values[0])
            if len(values) == 1
            else explain_ratio(dimension.label, values[0], values[1])
        )
        return None if movement is None else (dimension, movement)

    def _ask(self, query: MetricQuery) -> Result:
        context = compile_context(self._platform, self._principal, as_of=self._moment)
        compiled = compile_query(self._catalog, query, context)
        result = run_compiled(self._platform, self._principal, compiled, as_of=self._moment)
        self.sql = self.sql or result.sql
        return result

    def _pairs(self, result: Result, name: str, members: Sequence[object]) -> dict[object, Pair]:
        before, after = result.values(f"{name}_{self._word}"), result.values(name)
        return {
            member: Pair(before=_number(one), after=_number(other))
            for member, one, other in zip(members, before, after, strict=True)
        }


def _is_outcome(numerators: dict[object, Pair], denominators: dict[object, Pair]) -> bool:
    """Whether a dimension is but another name of what the ratio counts, as the stage is of a win rate: every member has
    all of it or nothing. It tells the change in full, and nothing about it."""
    pairs = [(numerators[member].exact, denominators[member].exact) for member in numerators]
    return all(top[side] in {0, bottom[side]} for top, bottom in pairs for side in (0, 1))


def _parts(catalog: Catalog, metric: Metric) -> tuple[Catalog, tuple[str, ...]]:
    """What is asked for by member: the metric itself where it adds up, or what it divides."""
    if catalog.quantity(metric.name).is_additive:
        return catalog, (metric.name,)
    found = with_parts(catalog, metric.name)
    if found is None:
        raise RefusedError(
            f"{metric.label} does not add up over members, nor does it divide two numbers that do, so its change"
            " cannot be told by members."
        )
    return found, (NUMERATOR, DENOMINATOR)


def _ranked(found: Sequence[tuple[Dimension, Movement]]) -> tuple[tuple[Dimension, Movement], ...]:
    places = {id(movement): dimension for dimension, movement in found}
    return tuple((places[id(movement)], movement) for movement in rank_movements([one for _, one in found]))


def _number(value: object) -> int | float | Decimal | Fraction | None:
    return value if isinstance(value, int | float | Decimal) else None


def _nothing() -> Metric:
    raise RefusedError("Choose a metric first.")
