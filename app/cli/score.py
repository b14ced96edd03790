"""`plumbline score`: learns an outcome from one file and scores the rows of another, without a tenant or a server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import AsJson
from app.cli.output import failing_clearly, show_json_lines, show_progress, show_table

if TYPE_CHECKING:
    import pyarrow as pa

    from forecasting.scores import Features, Score, ScoreModel

score_app = typer.Typer()


@score_app.command()
def score(
    train: Annotated[Path, typer.Option("--train", metavar="FILE", help="A CSV or Parquet file with known outcomes.")],
    target: Annotated[str, typer.Option("--target", metavar="C", help="The column of the outcome: two values.")],
    predict: Annotated[Path, typer.Option("--predict", metavar="FILE", help="The file of rows to score.")],
    id_: Annotated[str | None, typer.Option("--id", metavar="C", help="The column that names the rows.")] = None,
    json_: AsJson = False,
) -> None:
    """Score rows by an outcome learned from others: probability, band, and reasons that add up to its log-odds."""
    with failing_clearly(as_json=json_):
        from core.column_file import load_columns, require_column
        from forecasting.scores import measure_drift, read_features

        learned = load_columns(train.expanduser())
        rows = load_columns(predict.expanduser())
        require_column(target, learned.column_names)
        if id_ is not None:
            require_column(id_, rows.column_names)
        known, model = _learn(learned, target, id_)
        for name in known.names:
            require_column(name, rows.column_names)
        features = read_features(rows, known.names, like=known)
        for name, index in measure_drift(known, features).items():
            if index > 0.25 and rows.num_rows >= 100:
                show_progress(f"{name!r} is not as it was learned (population stability index {index:.2f}).")
        scores = model.score(features) if rows.num_rows else []
        ids = rows.column(id_).to_pylist() if id_ else list(range(1, rows.num_rows + 1))
        if json_:
            show_json_lines(_line(name, one) for name, one in zip(ids, scores, strict=True))
        else:
            _show(ids, scores)


def _learn(table: "pa.Table", target: str, id_: str | None) -> "tuple[Features, ScoreModel]":
    from forecasting.scores import find_leaks, fit_scores, read_features, read_target

    outcome = read_target(table, target)
    names = [name for name in table.column_names if name and name not in (target, id_)]
    features = read_features(table, names).take(outcome.rows)
    leaks = find_leaks(features, outcome.is_event)
    for leak in leaks:
        show_progress(f"{leak.name!r} is left out: {leak.reason}.")
    kept = features.without([leak.name for leak in leaks])
    model = fit_scores(kept, outcome.is_event)
    found = model.quality
    show_progress(
        f"Learned {target} = {outcome.event} from {found.rows:,} rows ({found.base_rate:.1%}). On rows held out: area "
        f"under the curve {found.area:.3f}, Brier {found.brier:.4f} (base rate alone {found.baseline_brier:.4f})."
    )
    return kept, model


def _line(name: object, score: "Score") -> dict[str, object]:
    return {
        "id": name if isinstance(name, int) else None if name is None else str(name),
        "probability": score.probability,
        "lo": score.low,
        "hi": score.high,
        "reasons": [[feature, part] for feature, part in score.reasons],
    }


def _show(ids: list[object], scores: "list[Score]") -> None:
    """The three strongest reasons; all are for `--json`."""
    rows = [
        [
            str(name),
            f"{one.probability:.1%}",
            f"{one.low:.1%} to {one.high:.1%}",
            ", ".join(f"{feature} {part:+.2f}" for feature, part in one.reasons[1:4]),
        ]
        for name, one in zip(ids, scores, strict=True)
    ]
    show_table(["Row", "Probability", "Band", "Reasons"], rows, right=frozenset({1, 2}))
