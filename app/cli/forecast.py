"""`plumbline forecast`: what comes next in the series of a file, without a tenant or a server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.options import AsJson
from app.cli.output import failing_clearly, show_json, show_progress, show_table, show_text
from core.numbers import UNDEFINED, full

if TYPE_CHECKING:
    from forecasting import Forecast

forecast_app = typer.Typer()


@forecast_app.command()
def forecast(
    series: Annotated[Path, typer.Option("--series", metavar="FILE", help="A CSV or Parquet file, a row a point.")],
    time: Annotated[
        str, typer.Option("--time", metavar="C", help="The column of dates, times or the numbers 1, 2, 3.")
    ],
    value: Annotated[str, typer.Option("--value", metavar="C", help="The column of numbers.")],
    horizon: Annotated[int, typer.Option(metavar="N", help="How many periods ahead.")],
    id_: Annotated[str | None, typer.Option("--id", metavar="C", help="The column that tells series apart.")] = None,
    freq: Annotated[
        Literal["H", "D", "W", "M", "Q", "Y"] | None,
        typer.Option(help="Hours to years; without it the dates tell, and the numbers 1, 2, 3 have no season."),
    ] = None,
    level: Annotated[float, typer.Option(help="The level of the interval in per cent.")] = 90,
    json_: AsJson = False,
) -> None:
    """Forecast the series of a file, with calibrated intervals and the record of each model."""
    with failing_clearly(as_json=json_):
        from core.errors import RefusedError
        from forecasting import ForecastSpec, Frequency, forecast_series, load_series

        spec = ForecastSpec(horizon=horizon, level=level, frequency=Frequency(freq) if freq else None)
        answer = forecast_series(load_series(series.expanduser(), time=time, value=value, id_column=id_), spec)
        if not answer.forecasts:
            raise RefusedError(answer.refusals[0].reason, data={"refused": len(answer.refusals)})
        for note in [
            *(one.reason for one in answer.refusals),
            *(note for one in answer.forecasts for note in one.notes),
        ]:
            show_progress(note)
        if json_:
            for one in answer.forecasts:
                _show_lines(one)
        else:
            _show_tables(answer.forecasts, level)
        if answer.refusals:
            raise typer.Exit(1)


def _show_lines(one: "Forecast") -> None:
    """`{"id", "time", "mean", "lo", "hi", "model"}` for each point."""
    for point in one.points:
        show_json(
            {"id": one.id, "time": point.time, "mean": point.mean, "lo": point.lo, "hi": point.hi, "model": one.model}
        )


def _show_tables(forecasts: "tuple[Forecast, ...]", level: float) -> None:
    """The points, then the track record of each series."""
    show_table(
        ["Series", "Time", "Forecast", f"{level:g}% from", "to", "Model"],
        [
            [one.id, str(point.time), full(point.mean), full(point.lo), full(point.hi), one.model]
            for one in forecasts
            for point in one.points
        ],
        right=frozenset({2, 3, 4}),
    )
    show_text("")
    show_table(
        ["Series", "Model", "Error", "Baseline", "Its error", "Within interval", "Origins"],
        [
            [
                one.id, one.model, full(one.record.error), one.record.baseline, full(one.record.baseline_error),
                UNDEFINED if one.record.coverage is None else full(one.record.coverage, "ratio"),
                str(one.record.origins),
            ]
            for one in forecasts
        ],
        right=frozenset({2, 4, 5, 6}),
    )  # fmt: skip
    show_text("Errors are mean absolute errors of forecasts made at earlier origins and compared with what came.")
