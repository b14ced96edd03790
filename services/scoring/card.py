"""A score as its reader sees it: the model card (record, calibration, reasons, drift, versions) and the rows scored."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.errors import InvalidError
from core.names import suggestion
from forecasting.scores import (
    Features,
    Panel,
    Score,
    ScoreModel,
    WalkRecord,
    fit_panel,
    measure_drift,
    walk_forward,
)
from services.definitions import find_catalog
from services.permitted import permitted
from services.platform import Platform
from services.scoring.kind import Population, ScoreKind, score_kinds
from services.scoring.versions import ScoreVersion, versions_of
from tenants.access import Permission, Principal

DRIFTED = 0.25
_EPOCH = dt.date(1970, 1, 1)
_TRIALS = 3
# More rows tell little more, and each trial learns six times.
_MOST_ROWS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRow:
    """An entity with its score and the values that the reasons speak of."""

    name: str
    score: Score
    values: Mapping[str, str | float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCard:
    """A score and its evidence.

    `refusal` says why rows are not scored: nothing could be learned, or the model was no better than its baseline on
    what came later. `drivers` are mean absolute parts of the log-odds by column, the largest first; `drift` the
    stability index of each column; `expected` how many of the `open` entities should come to the event. Single rows are
    given to who may read data.
    """

    kind: ScoreKind
    today: dt.date
    versions: tuple[ScoreVersion, ...]
    learned: int
    events: int
    open: int
    record: WalkRecord
    refusal: str
    expected: float
    likely: int
    rows: tuple[ScoredRow, ...]
    drivers: tuple[tuple[str, float], ...]
    drift: tuple[tuple[str, float], ...]
    labels: Mapping[str, str]
    units: Mapping[str, str]

    @property
    def version(self) -> dt.date:
        """The day it was learned as of."""
        return next(one.day for one in self.versions if one.is_used)

    @property
    def drifted(self) -> tuple[str, ...]:
        """The columns that no longer look as they did when the score was learned."""
        return tuple(name for name, index in self.drift if index > DRIFTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Learned:
    """What was made of the history as of a day."""

    panel: Panel | None
    model: ScoreModel | None
    record: WalkRecord
    refusal: str


@permitted(Permission.METRIC_QUERY)
def find_scores(platform: Platform, principal: Principal) -> dict[str, ScoreKind]:
    """The kinds of score that the tenant's definitions allow, by name."""
    catalog = find_catalog(platform, principal)
    if catalog is None:
        return {}
    return {name: kind for name, kind in score_kinds().items() if kind.is_offered(catalog)}


@permitted(Permission.METRIC_QUERY)
def open_score(platform: Platform, principal: Principal, name: str) -> ScoreCard:
    """A score of the reader's own rows. Raises UserError; a model that is not served comes with its refusal."""
    kind = score_kinds().get(name)
    if kind is None:
        raise InvalidError(f"There is no score {name!r}. {suggestion(name, list(score_kinds()))}")
    population = kind.read(platform, principal)
    versions = versions_of(platform, principal, name)
    today = principal.tenant.today(platform.clock)
    day = next(one.day for one in versions if one.is_used)
    kept, parts = platform.foresight, (population.digest, day.isoformat())
    learned = kept.find(
        principal.tenant.id, f"score {name}", parts, lambda: _learn(population, (day - _EPOCH).days, kind)
    )
    # Every run of a page asks anew, whatever was clicked.
    names, features, scores = kept.find(
        principal.tenant.id,
        f"scored {name}",
        (*parts, today.isoformat()),
        lambda: _score(population, learned, (today - _EPOCH).days),
    )
    probabilities = np.array([one.probability for one in scores])
    panel = learned.panel
    return ScoreCard(
        kind=kind,
        today=today,
        versions=versions,
        learned=0 if panel is None else panel.is_event.size,
        events=0 if panel is None else int(panel.is_event.sum()),
        open=features.size,
        record=learned.record,
        refusal=learned.refusal,
        expected=float(probabilities.sum()),
        likely=int((probabilities > 0.5).sum()),
        rows=_rows(names, features, scores) if principal.can(Permission.DATA_READ) else (),
        drivers=_drivers(scores),
        drift=_drift(panel, features),
        labels=population.labels,
        units=population.units,
    )


def _score(population: Population, learned: _Learned, day: int) -> tuple[tuple[str, ...], Features, list[Score]]:
    """The entities that are open on a day, what is known of them, and their scores, none where none are served."""
    names, features = population.now(day)
    return names, features, learned.model.score(features) if learned.model is not None and features.size else []


def _learn(population: Population, day: int, kind: ScoreKind) -> _Learned:
    """The model as of a day, after it was tried on days before. What is not better than its baseline is not served."""
    nothing = WalkRecord(trials=(), quality=None, bins=(), lift=None)
    panel = population.panel(day)
    if panel is None:
        reason = f"No {kind.ENTITY} has been open for {kind.WITHIN} days yet, so nothing can be learned."
        return _Learned(panel=None, model=None, record=nothing, refusal=reason)
    record = walk_forward(panel, np.unique(panel.day)[-_TRIALS:].tolist(), most=_MOST_ROWS)
    panel = panel.at_most(_MOST_ROWS)
    try:
        model = fit_panel(panel)
    except InvalidError as error:
        return _Learned(panel=panel, model=None, record=record, refusal=error.message)
    return _served(panel, model, record)


def _served(panel: Panel, model: ScoreModel, record: WalkRecord) -> _Learned:
    if record.is_served:
        return _Learned(panel=panel, model=model, record=record, refusal="")
    reason = "There is no earlier day whose outcome is known to try it on."
    if record.quality is not None:
        reason = (
            f"On what came later it was no better than its baseline (Brier {record.quality.brier:.4f} against "
            f"{record.quality.baseline_brier:.4f}), so it is not served."
        )
    return _Learned(panel=panel, model=None, record=record, refusal=reason)


def _rows(names: tuple[str, ...], features: Features, scores: list[Score]) -> tuple[ScoredRow, ...]:
    order = sorted(range(len(scores)), key=lambda place: (-scores[place].probability, names[place]))
    return tuple(ScoredRow(name=names[place], score=scores[place], values=_values(features, place)) for place in order)


def _values(features: Features, place: int) -> dict[str, str | float | None]:
    found: dict[str, str | float | None] = {}
    for name, numbers in features.numbers.items():
        value = float(numbers[place])
        found[name] = None if np.isnan(value) else value
    found.update({name: texts[place] for name, texts in features.texts.items()})
    return found


def _drivers(scores: list[Score]) -> tuple[tuple[str, float], ...]:
    totals: dict[str, float] = {}
    for score in scores:
        for name, part in score.reasons:
            if not name.startswith("("):
                totals[name] = totals.get(name, 0.0) + abs(part)
    return tuple(sorted(((name, total / len(scores)) for name, total in totals.items()), key=lambda one: -one[1]))


def _drift(panel: Panel | None, features: Features) -> tuple[tuple[str, float], ...]:
    if panel is None or not features.size:
        return ()
    recent = panel.rows(panel.day >= np.unique(panel.day)[-_TRIALS:][0])
    return tuple(sorted(measure_drift(recent.features, features).items(), key=lambda one: -one[1]))
