"""Home: the answer to "how are we doing", from the tenant's `home` notebook."""

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from metrics import Catalog
from metrics.period import PeriodKind
from notebooks import Cell, CellRun, ChartCell, MetricCell, Notebook, RunMemory, Running, Scope
from services.definitions import require_catalog
from services.notebook_asking import PrincipalAsk
from services.notebooks import home_notebook, scope_of
from services.platform import Platform
from services.policies import find_view
from services.query import list_values
from tenants.access import Principal

# One page's cells keep the engine busy while others compile or draw; more at once would only take turns.
_workers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="home")
STANDARD_PERIOD = PeriodKind.QUARTER
_prepared: "OrderedDict[tuple[object, ...], HomeCells]" = OrderedDict()
_prepared_lock = threading.Lock()
_MOST_PREPARED = 8
_MAX_CHOICES = 4
_MAX_VALUES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A member's Home, ready to be run cell by cell, so that one slow cell holds no other."""

    notebook: Notebook
    scope: Scope
    ask: PrincipalAsk
    # Whose Home it is, of which definitions and data, under which policies: what the figures depend on.
    state: tuple[object, ...]

    @property
    def figures(self) -> list[MetricCell]:
        """The cells that a reader looks at first."""
        return [cell for cell in self.notebook.cells if isinstance(cell, MetricCell)]

    @property
    def charts(self) -> list[ChartCell]:
        """The cells that are drawn when all others are."""
        return [cell for cell in self.notebook.cells if isinstance(cell, ChartCell)]

    def start(self) -> "HomeCells":
        """Begin to run the cells; each is taken when it is needed. What was prepared is taken up."""
        with _prepared_lock:
            prepared = _prepared.pop(self._key, None)
        return prepared or HomeCells(self)

    def prepare(self) -> None:
        """Begin to run the cells for the page that will be drawn in a moment."""
        running = HomeCells(self)
        with _prepared_lock:
            _prepared[self._key] = running
            while len(_prepared) > _MOST_PREPARED:
                _prepared.popitem(last=False)

    @property
    def _key(self) -> tuple[object, ...]:
        return (*self.state, self.notebook, self.scope)

    def last_day(self) -> dt.date | None:
        """The last day that the first figure has rows for; None where that is not before the period shown."""
        first = next(iter(self.figures), None)
        if first is None:
            return None
        last = self.ask.metric(first.metric).data_to
        is_over = last is not None and last < self.scope.period_for(first.period).start
        return last if is_over else None


class HomeCells:
    """The cells of a Home that run: at once what is read first, the charts when they are asked for."""

    def __init__(self, home: Home) -> None:
        self._home = home
        # For this one page: whose rows were read is put on record each time.
        self._memory = RunMemory()
        # The questions of all cells share their scans, those of the charts too.
        self._submit = home.ask.prepared(_workers, home.notebook.cells, home.scope)
        charts = home.charts
        self.futures = self._begin(cell for cell in home.notebook.cells if cell not in charts)

    def start_charts(self) -> None:
        """Let the charts run: before the figures are there, they would only take the processor from them."""
        self.futures = self._begin(self._home.charts) | self.futures

    def _begin(self, cells: Iterable[Cell]) -> dict[str, Future[CellRun]]:
        home, only = self._home, [cell.name for cell in cells]
        return Running(home.notebook, home.ask, home.scope, memory=self._memory, submit=self._submit, only=only).futures


def open_home(
    platform: Platform,
    principal: Principal,
    *,
    period: PeriodKind | None = None,
    where: str | None = None,
    as_of: dt.date | None = None,
    given: Mapping[str, str] | None = None,
) -> Home | None:
    """The member's Home under their choices; None where the tenant has no metrics yet."""
    notebook = home_notebook(platform, principal)
    if notebook is None:
        return None
    return Home(
        notebook=notebook,
        scope=scope_of(platform, principal, period=period, where=where, as_of=as_of, given=given),
        ask=PrincipalAsk(platform, principal),
        state=_state_of(platform, principal),
    )


def prepare_home(platform: Platform, principal: Principal) -> None:
    """Find what the member's Home will be asked for without choices, while their browser still loads the page."""
    filter_choices(platform, principal)
    home = open_home(platform, principal, period=STANDARD_PERIOD)
    if home is not None:
        home.prepare()


def _state_of(platform: Platform, principal: Principal) -> tuple[object, ...]:
    view = find_view(platform, principal)
    return (
        principal.tenant.id,
        principal.member_id,
        require_catalog(platform, principal),
        platform.store(principal.tenant).watermark(),
        None if view is None else view.key,
    )


# A catalog is made anew with each version of the data and the definitions, so what is found by it holds as long.
# Readers of one policy see the same values.
_Known = dict[tuple[str, tuple[str, ...]], list["Choice"]]
_choices: WeakKeyDictionary[Catalog, _Known] = WeakKeyDictionary()
_choices_lock = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A dimension a reader may filter by, with its values."""

    name: str
    label: str
    values: tuple[str, ...]


def filter_choices(platform: Platform, principal: Principal) -> list[Choice]:
    """The dimensions that every figure of Home can be filtered by, with 2 to 50 values each; at most four."""
    notebook = home_notebook(platform, principal)
    if notebook is None:
        return []
    return choices_of(platform, principal, tuple(dict.fromkeys(_metrics_of(notebook))))


def _metrics_of(notebook: Notebook) -> list[str]:
    return [cell.metric for cell in notebook.cells if isinstance(cell, MetricCell)]


def choices_of(platform: Platform, principal: Principal, metrics: tuple[str, ...]) -> list[Choice]:
    """The dimensions that all these metrics can be filtered by, with 2 to 50 values each; at most four."""
    catalog = require_catalog(platform, principal)
    view = find_view(platform, principal)
    key = ("" if view is None else view.key, metrics)
    with _choices_lock:
        known = _choices.setdefault(catalog, {}).get(key)
    if known is None:
        known = _find_choices(platform, principal, catalog, metrics)
        with _choices_lock:
            _choices[catalog][key] = known
    return known


def _find_choices(platform: Platform, principal: Principal, catalog: Catalog, metrics: tuple[str, ...]) -> list[Choice]:
    found: list[Choice] = []
    for dimension in catalog.dimensions_of(metrics):
        if dimension.is_time or len(found) == _MAX_CHOICES:
            continue
        values = list_values(platform, principal, dimension.name, metrics)
        if 2 <= len(values) <= _MAX_VALUES:
            found.append(Choice(name=dimension.name, label=dimension.label, values=tuple(sorted(values))))
    return found


def filter_text(chosen: Mapping[str, str]) -> str | None:
    """Filter text that holds where every dimension has its chosen value.

    >>> filter_text({"region": "West", "owner": "O'Brien"})
    "region = 'West' AND owner = 'O''Brien'"
    """
    parts = ["{} = '{}'".format(name, value.replace("'", "''")) for name, value in chosen.items()]
    return " AND ".join(parts) or None
