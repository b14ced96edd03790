"""`plumbline anomalies`: which points of the series of a file are unusual, without a tenant or a server."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import AsJson
from app.cli.output import failing_clearly, show_json_lines, show_progress, show_table

if TYPE_CHECKING:
    from forecasting import Series
    from forecasting.anomalies import Anomalies

anomalies_app = typer.Typer()


@anomalies_app.command()
def anomalies(
    series: Annotated[Path, typer.Option("--series", metavar="FILE", help="A CSV or Parquet file, a row per point.")],
    time: Annotated[str, typer.Option("--time", metavar="C", help="The column of times: dates, moments or 1, 2, 3.")],
    value: Annotated[str, typer.Option("--value", metavar="C", help="The column of numbers.")],
    id_: Annotated[str | None, typer.Option("--id", metavar="C", help="The column that names the series.")] = None,
    budget: Annotated[
        float, typer.Option(metavar="N", help="False alerts allowed per 1,000 points, above 0 and up to 100.")
    ] = 4.0,
    json_: AsJson = False,
) -> None:
    """Score every point of the series of a file by its past, and open alerts within a budget of false ones."""
    with failing_clearly(as_json=json_):
        from forecasting import load_series
        from forecasting.anomalies import AnomalySpec, find_anomalies

        spec = AnomalySpec(budget=budget)
        loaded = load_series(series.expanduser(), time=time, value=value, id_column=id_)
        found = [(one, find_anomalies(one, spec)) for one in loaded]
        _note_weak_series(loaded)
        if json_:
            show_json_lines(line for one, answer in found for line in _lines(one, answer))
        else:
            _show(found)


def _lines(series: "Series", found: "Anomalies") -> Iterator[dict[str, object]]:
    for place in range(series.size):
        value, score = float(series.values[place]), float(found.scores[place])
        yield {
            "id": series.id,
            "time": series.time_text(place),
            "value": None if math.isnan(value) else value,
            "score": None if math.isnan(score) else round(score, 9),
            "is_anomaly": bool(found.is_anomaly[place]),
        }


def _show(found: "list[tuple[Series, Anomalies]]") -> None:
    """The alerts alone; the scores of all points are for `--json`."""
    rows = [
        [one.id, str(one.time_text(place)), f"{one.values[place]:,.6g}", f"{answer.scores[place]:.3f}"]
        for one, answer in found
        for place in answer.is_anomaly.nonzero()[0].tolist()
    ]
    points = sum(one.size for one, _ in found)
    show_table(["Series", "Time", "Value", "Score"], rows, right=frozenset({2, 3}))
    show_progress(f"{len(rows)} alerts in {points:,} points of {len(found):,} series.")


def _note_weak_series(loaded: "tuple[Series, ...]") -> None:
    from forecasting.anomalies import LEARNING

    short = sum(one.size <= LEARNING for one in loaded)
    if short:
        show_progress(f"{short:,} series have {LEARNING} points or fewer: too few to open an alert.")
    doubled = [one.id for one in loaded if (one.times[1:] == one.times[:-1]).any()]
    if doubled:
        show_progress(
            f"{len(doubled):,} series hold a time more than once, first {doubled[0]!r}; its points are scored in the "
            "order they came. Sum or drop them if they are one observation."
        )
