"""Ask: any metric, split, filtered and compared; the answer, its rows, and why it moved; all of it in the URL."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from app.ui.answer_table import answer_table
from app.ui.ask_controls import draw_controls
from app.ui.chart import draw_chart
from app.ui.definition import Definition, open_definition
from app.ui.failure import failure_of
from app.ui.parts import (
    Bridge,
    BridgeBar,
    CardHeader,
    Direction,
    EmptyState,
    MetaItem,
    PageHead,
    Span,
    card,
    card_header,
    data_table,
    draw_bridge,
    empty_state,
    error_box,
    page_bar,
    page_head,
)
from app.ui.saving import offer_saving
from core import numbers
from core.errors import UserError
from core.result import Result
from metrics import Better
from services.definitions import find_catalog
from services.explore import (
    Exploration,
    Question,
    Why,
    answer_question,
    explain_change,
    find_rows,
    first_question,
    parse_question,
    save_question,
)
from services.explore.behind import can_open
from services.platform import Platform
from services.quality.doubts import find_doubt
from tenants.access import Permission, Principal

_SHOWN_ROWS = 200


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    catalog = find_catalog(platform, principal)
    if catalog is None or not catalog.metrics:
        page_head(PageHead(answer="There is nothing to ask yet."), key="ask")
        empty_state(
            EmptyState(title="No metrics yet", text="An analyst of your organisation defines them."), key="ask_none"
        )
        return
    head = st.empty()
    params = {name: st.query_params.get_all(name) for name in st.query_params}
    try:
        question = parse_question(params) if params else first_question(platform, principal)
    except UserError as error:
        page_head(PageHead(answer="This question cannot be read."), key="ask")
        error_box(failure_of(error), key="ask_url")
        return
    with page_bar(key="ask"):
        draw_controls(platform, principal, catalog, question, keep)
    try:
        found = answer_question(platform, principal, question)
    except UserError as error:
        with head.container():
            page_head(PageHead(answer="This question has no answer."), key="ask")
        error_box(failure_of(error, what="Not answered"), key="ask_refused")
        return
    with head.container():
        _answer(found)
    _body(platform, principal, found)


def keep(question: Question) -> None:
    """The question becomes the page's address."""
    st.query_params.from_dict(question.to_params())


def _answer(found: Exploration) -> None:
    metric, values = found.metrics[0], found.whole.row(0)
    value = values[metric.name]
    cause = ""
    if found.question.compare:
        column = found.whole.columns[1]
        then = values[column.name]
        against = column.label.removeprefix(f"{metric.label}, ")
        now_number, then_number = _number(value), _number(then)
        if now_number is None or then_number is None:
            cause = f" {against.capitalize()}: {_shown(then, metric.unit)}."
        else:
            gap = numbers.change(float(now_number) - float(then_number), metric.unit)
            cause = f" {gap} against {_shown(then, metric.unit)}, {against}."
    answer = (Span(f"{metric.label}: {_shown(value, metric.unit)}."),)
    page_head(PageHead(answer=answer, cause=cause, text=found.result.sentence), key="ask")


def _shown(value: object, unit: str | None) -> str:
    number = _number(value)
    return str(numbers.compact(number, unit)) if number is not None else str(value or "no value")


def _number(value: object) -> numbers.Number | None:
    if isinstance(value, bool) or not isinstance(value, numbers.Number) or numbers.is_undefined(value):
        return None
    return value


def _body(platform: Platform, principal: Principal, found: Exploration) -> None:
    watermark = found.result.watermark
    rows = f"{found.result.table.num_rows:,}{'+' if found.has_more else ''} rows"
    meta = [MetaItem(text=rows, icon="table_rows"), MetaItem(text=f"Data version {watermark.version}", icon="schedule")]
    doubt = find_doubt(platform, principal, found.question.metrics, found.result.sql)
    meta += [MetaItem(text=doubt, icon="warning")] if doubt else []
    with page_bar(meta, key="ask_answer"):
        if st.button("Definition and SQL", icon=":material/code:", key="ask_definition"):
            open_definition(_definition(found))
        st.download_button(
            "CSV", data=_csv(found.result), file_name="answer.csv", mime="text/csv", icon=":material/download:",
            key="ask_csv", on_click="ignore",
        )  # fmt: skip
        if principal.can(Permission.NOTEBOOK_WRITE):
            offer_saving(lambda title: _save(platform, principal, found, title), key="ask")
    if found.chart is not None:
        with card(key="ask_chart"):
            card_header(CardHeader(title=found.chart.title, subtitle=found.chart.subtitle), key="ask_chart")
            draw_chart(found.chart, key="ask_chart")
    _table(platform, principal, found)
    if found.question.compare and found.question.compare != ("target",):
        _movement(platform, principal, found)


def _table(platform: Platform, principal: Principal, found: Exploration) -> None:
    result = replace(found.result, table=found.result.table.slice(0, _SHOWN_ROWS))
    rows = [dict(zip((column.name for column in result.columns), row, strict=True)) for row in result.rows()]
    may_open = principal.can(Permission.DATA_READ) and len(result.columns) > len(found.metrics)
    acts = [f"row:{place}" if may_open and can_open(row) else "" for place, row in enumerate(rows)]
    tenant = principal.tenant
    total = found.result.table.num_rows
    notes = (f"The first {total:,} rows; the CSV has these too",) if found.has_more else ()
    with card(key="ask_table"):
        hint = "Choose a row to see the rows behind it" if any(acts) else ""
        card_header(CardHeader(title="Figures", subtitle=hint, is_ruled=True), key="ask_table")
        if not rows:
            empty_state(EmptyState(title="No rows", text="Nothing fits the range and the filters."), key="ask_empty")
            return
        table = answer_table(
            result, grain=found.question.grain, row_acts=acts, total_rows=total, notes=notes,
            fiscal_start_month=tenant.fiscal_start_month, week_start=tenant.week_start,
        )  # fmt: skip
        act = data_table(table, key="ask")
    if act is not None and act.startswith("row:"):
        place = int(act.removeprefix("row:"))
        _open_rows(platform, principal, found, rows[place], str(table.rows[place][0]))


def _open_rows(
    platform: Platform, principal: Principal, found: Exploration, row: Mapping[str, object], label: str
) -> None:
    @st.dialog(f"Rows behind {label}".replace("$", "\\$"), width="large")
    def show() -> None:
        labels = {metric.name: metric.label for metric in found.metrics}
        metric = found.metrics[0].name
        if len(labels) > 1:
            metric = st.selectbox("Metric", list(labels), format_func=lambda name: labels[name], key="ask_behind")
        try:
            behind = find_rows(platform, principal, found.question, metric, row)
        except UserError as error:
            error_box(failure_of(error, what="No rows to show"), key="ask_behind")
            return
        count = behind.result.table.num_rows
        st.text(f"{'The first ' if behind.has_more else ''}{count:,} rows of {behind.model} for {labels[metric]}")
        columns = [column.name for column in behind.result.columns]
        st.dataframe(
            [dict(zip(columns, one, strict=True)) for one in behind.result.rows()], hide_index=True, row_height=32
        )
        st.download_button(
            "CSV", data=_csv(behind.result), file_name="rows.csv", mime="text/csv", key="ask_behind_csv",
            on_click="ignore",
        )  # fmt: skip
        st.code(behind.result.sql, language="sql", wrap_lines=True)

    show()


def _movement(platform: Platform, principal: Principal, found: Exploration) -> None:
    with card(key="ask_why"):
        try:
            why = explain_change(platform, principal, found.question)
        except UserError as error:
            card_header(CardHeader(title="Why it moved", subtitle=error.message), key="ask_why")
            return
        dimension, movement = why.movements[0]
        unit = why.metric.unit
        sentence = movement.sentence(why.metric.label, lambda amount: _amount(float(amount), unit))
        card_header(
            CardHeader(title=f"Why it moved, by {dimension.label.lower()}", subtitle=sentence, is_ruled=True),
            key="ask_why",
        )
        draw_bridge(_bridge(why), key="ask_why")
        st.caption(_others(why).replace("$", "\\$"))


def _bridge(why: Why) -> Bridge:
    unit = why.metric.unit
    bars = why.movements[0][1].waterfall()
    sign = {Better.UP: 1, Better.DOWN: -1, Better.NEUTRAL: 0}[why.metric.better]
    steps = []
    for place, (label, value) in enumerate(bars):
        amount = float(value)
        if place in {0, len(bars) - 1}:
            name = why.against.capitalize() if place == 0 else "Now"
            text = str(numbers.compact(amount, unit))
            steps.append(BridgeBar(label=name, text=text, value=amount, is_total=True))
            continue
        direction = Direction.NEUTRAL
        if sign and amount:
            direction = Direction.BETTER if amount * sign > 0 else Direction.WORSE
        steps.append(BridgeBar(label=label, text=numbers.change(amount, unit), value=amount, direction=direction))
    return Bridge(caption=f"What moved {why.metric.label}", steps=tuple(steps))


def _others(why: Why) -> str:
    unit = why.metric.unit
    parts = []
    if why.inner is not None:
        dimension, movement = why.inner
        first = movement.contributions[0]
        member = "not set" if first.member is None else first.member
        parts.append(
            f"Inside {why.member}, {dimension.label.lower()} tells most: {member} "
            f"({numbers.change(float(first.amount), unit)})."
        )
    rest = [dimension.label.lower() for dimension, _ in why.movements[1:]]
    if rest:
        parts.append(f"Less telling: {', '.join(rest)}.")
    return " ".join(parts)


def _amount(value: float, unit: str | None) -> str:
    return numbers.change(value, unit).removeprefix("+")


def _save(platform: Platform, principal: Principal, found: Exploration, title: str) -> str:
    saved = save_question(platform, principal, found, title)
    return f"Cell {saved.cell} of {title}. Readers see it once it is published there. {saved.left_out}".strip()


def _definition(found: Exploration) -> Definition:
    lines = []
    for metric in found.metrics:
        owner = f" Owner: {metric.owner}." if metric.owner else ""
        lines.append(f"{metric.label}: {metric.description or 'no description.'}{owner}")
    sources = dict.fromkeys(f"{line.metric} \u2190 {line.model} \u2190 {line.table or 'SQL'}" for line in found.lineage)
    lines.append(f"From: {'; '.join(sources)}.")
    watermark = found.result.watermark
    return Definition(
        title=" and ".join(metric.label for metric in found.metrics),
        value=found.result.sentence,
        description="\n".join(lines),
        questions=((found.result.sentence, found.result.sql),),
        freshness=f"Computed on data version {watermark}",
    )


def _csv(result: Result) -> Callable[[], bytes]:
    """The rows as a file, made when it is asked for."""

    def write() -> bytes:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([column.label for column in result.columns])
        writer.writerows(result.rows())
        return text.getvalue().encode("utf-8-sig")

    return write
