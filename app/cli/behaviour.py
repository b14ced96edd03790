"""`plumbline funnel` and `plumbline retention`: questions to an event file, without a tenant or a server."""

import csv
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.options import AsJson
from app.cli.output import failing_clearly, show_json, show_progress

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from metrics.behaviour import EventSet, Step

behaviour_app = typer.Typer()

ANY_EVENT = ("any", "*")

Events = Annotated[Path, typer.Option("--events", metavar="FILE", help="A CSV or Parquet file, or a Parquet folder.")]
Entity = Annotated[str, typer.Option("--entity", metavar="C", help="The column that says who.")]
Time = Annotated[str, typer.Option("--time", metavar="C", help="The column that says when; without a zone it is UTC.")]
Pattern = Annotated[
    str | None, typer.Option("--time-format", metavar="P", help="How times are written, such as '%m/%d/%Y %H:%M'.")
]


@behaviour_app.command()
def funnel(
    events: Events,
    entity: Entity,
    time: Time,
    event: Annotated[str, typer.Option("--event", metavar="C", help="The column that says what.")],
    steps: Annotated[str, typer.Option(help="2 to 20 events in order, such as visit,trial|demo,buy; | means or.")],
    window: Annotated[str, typer.Option(help="Time allowed from the first step: 30d, 12h, 90m, or none for any.")],
    order: Annotated[
        Literal["ordered", "strict", "any", "anchored"],
        typer.Option(help="In order; with nothing between; in any; the first step first, the others in any."),
    ] = "ordered",
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="E", help="An event that must not come between.")
    ] = None,
    exclusion: Annotated[
        Literal["stop", "drop"], typer.Option(help="What it does: end the attempt, or take the entity out.")
    ] = "stop",
    by: Annotated[str | None, typer.Option("--by", metavar="C", help="Split by this column at the first step.")] = None,
    attribution: Annotated[
        Literal["first", "last", "all", "step"],
        typer.Option(help="Whose value splits: the first step's, the deepest's, one that all have, a chosen step's."),
    ] = "first",
    attributed_step: Annotated[int, typer.Option(help="The chosen step, from 1 on.")] = 1,
    top: Annotated[int, typer.Option(help="How many values to show; the rest is (other).")] = 25,
    hold: Annotated[
        list[str] | None, typer.Option("--hold", metavar="C", help="A column that is the same in all steps; up to 3.")
    ] = None,
    counted: Annotated[
        Literal["entities", "attempts", "sessions"], typer.Option("--count", help="What is counted.")
    ] = "entities",
    session_gap: Annotated[str, typer.Option(help="A session ends where nothing happens for longer.")] = "30m",
    entry: Annotated[
        Literal["every", "first"], typer.Option(help="Which first steps begin an attempt: every one, or the first.")
    ] = "every",
    grace: Annotated[str, typer.Option(help="Events this close are of one moment, for clocks that differ.")] = "0s",
    time_format: Pattern = None,
    details: Annotated[bool, typer.Option("--details", help="With --json: intervals and times too.")] = False,
    is_streamed: Annotated[
        bool, typer.Option("--streamed", help="Parquet sorted by entity, read in batches: more than fits into memory.")
    ] = False,
    json_: AsJson = False,
) -> None:
    """Count how many entities of an event file get how far through the steps."""
    with failing_clearly(as_json=json_):
        from app.cli.behaviour_answers import funnel_json, show_funnel
        from metrics.behaviour import (
            Attribution,
            Entry,
            Exclusion,
            FunnelSpec,
            Order,
            compute_funnel,
            parse_events,
            parse_window,
            stream_file,
            warm_for,
        )

        spec = FunnelSpec(
            steps=_steps(steps),
            window=None if window == "none" else parse_window(window),
            order=Order(order),
            excluded=tuple(name for one in exclude or [] for name in parse_events(one)),
            exclusion=Exclusion(exclusion),
            breakdown=by,
            top=top,
            has_times=not is_streamed and (details or not json_),
            held=tuple(hold or ()),
            counts_attempts=counted == "attempts",
            session_gap=parse_window(session_gap) if counted == "sessions" else None,
            entry=Entry(entry),
            grace=parse_window(grace),
            attribution=Attribution(attribution),
            attributed_step=attributed_step - 1,
        )
        path = events.expanduser()
        loaded = (
            None if is_streamed else _load(path, entity, time, event, [*spec.held, *([by] if by else [])], time_format)
        )
        # Compiling is not part of the time that is shown.
        warm_for(spec)
        began = perf_counter()
        if loaded is None:
            result = stream_file(path, spec, entity=entity, time=time, event=event, time_format=time_format)
        else:
            result = compute_funnel(loaded, spec)
        elapsed_ms = (perf_counter() - began) * 1000
        for note in result.notes:
            show_progress(note)
        if json_:
            show_json(funnel_json(result, elapsed_ms, with_details=details))
        else:
            show_funnel(result, by, elapsed_ms)


@behaviour_app.command()
def retention(
    events: Events,
    entity: Entity,
    time: Time,
    start: Annotated[str, typer.Option(metavar="E", help="The event that starts; a|b for either, any for all.")],
    returns: Annotated[str, typer.Option("--return", metavar="E", help="The event that counts as coming back.")],
    event: Annotated[
        str | None, typer.Option("--event", metavar="C", help="The column that says what; without it all are alike.")
    ] = None,
    period: Annotated[Literal["day", "week", "month", "quarter"], typer.Option(help="Calendar periods.")] = "week",
    periods: Annotated[int, typer.Option(help="How many, the cohort's own (number 0) included.")] = 12,
    mode: Annotated[
        Literal["bounded", "unbounded", "on_or_before", "streak"],
        typer.Option(help="Back in that period; in it or later; ever up to it; in every one up to it."),
    ] = "bounded",
    is_recurring: Annotated[
        bool, typer.Option("--recurring", help="Every period an entity starts in has it in its cohort.")
    ] = False,
    is_rolling: Annotated[bool, typer.Option("--rolling", help="Days or weeks of 24 hours since the start.")] = False,
    brackets: Annotated[
        str | None, typer.Option(metavar="0,1,3,7", help="Groups of periods: 0, 1 to 2, and 3 to 6.")
    ] = None,
    timezone: Annotated[str, typer.Option(metavar="Z", help="Whose calendar, such as Europe/Berlin.")] = "UTC",
    week_start: Annotated[
        Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
        typer.Option("--week-start", help="The first day of a week."),
    ] = "monday",
    time_format: Pattern = None,
    json_: AsJson = False,
) -> None:
    """Count how many entities of an event file come back in the periods after their first start."""
    with failing_clearly(as_json=json_):
        from app.cli.behaviour_answers import retention_json, show_retention
        from metrics.behaviour import Mode, Period, RetentionSpec, Weekday, compute_retention, parse_brackets, warm_for

        zone = _zone(timezone)
        loaded = _load(events, entity, time, event, [], time_format)
        spec = RetentionSpec(
            start=_union(start, loaded),
            returns=_union(returns, loaded),
            period=Period(period),
            periods=periods,
            mode=Mode(mode),
            zone=zone,
            week_start=Weekday(week_start),
            is_recurring=is_recurring,
            is_rolling=is_rolling,
            brackets=parse_brackets(brackets or ""),
        )
        # Compiling is not part of the time that is shown.
        warm_for(spec)
        began = perf_counter()
        result = compute_retention(loaded, spec)
        elapsed_ms = (perf_counter() - began) * 1000
        for note in result.notes:
            show_progress(note)
        if json_:
            show_json(retention_json(result, elapsed_ms))
        else:
            show_retention(result, elapsed_ms)


def _load(
    path: Path, entity: str, time: str, event: str | None, keep: list[str], time_format: str | None
) -> "EventSet":
    from metrics.behaviour import load_events

    return load_events(path.expanduser(), entity=entity, time=time, event=event, keep=keep, time_format=time_format)


def _steps(text: str) -> "tuple[Step, ...]":
    """The steps as written; a name with a comma stands in double quotes."""
    from metrics.behaviour import Step, parse_events

    written = next(csv.reader([text], skipinitialspace=True), [])
    return tuple(Step(name=one.strip(), events=parse_events(one)) for one in written)


def _union(text: str, events: "EventSet") -> tuple[str, ...] | None:
    from metrics.behaviour import parse_events

    # An event that is really called "any" is meant by its name.
    return None if text in ANY_EVENT and text not in events.events else parse_events(text)


def _zone(name: str) -> "ZoneInfo":
    from zoneinfo import ZoneInfo, available_timezones

    from core.errors import InvalidError
    from core.names import suggestion

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidError(f"There is no time zone {name!r}. {suggestion(name, available_timezones())}") from error
