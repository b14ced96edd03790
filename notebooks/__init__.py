"""The notebook: a document of named cells, and its run.

Pure: it asks its questions through `Ask` and knows nothing of tenants, members or the web. Each kind of cell is a
folder of `notebooks.kinds`, found by itself.
"""

from notebooks.ask import Ask, DimensionFacts, MetricFacts, SqlQuestion
from notebooks.cell import Cell, CellKind, metrics_of
from notebooks.comparison import Comparison, changed_keys, compare_notebooks, diff_lines
from notebooks.dashboard import (
    COLUMNS,
    MAX_HEIGHT,
    Board,
    Heading,
    Part,
    Placed,
    Tab,
    Tile,
    add_tab,
    boards_of,
    change_board,
    check_words,
    merge_drop,
    parts_of,
    remove_tab,
    rename_tab,
    suggest_tile,
    tiles_of,
    without_cell,
)
from notebooks.difference import Contribution, Difference, explain_difference, explain_ratio
from notebooks.document import Notebook
from notebooks.edit import (
    AddCell,
    ArrangeDashboard,
    DeleteCell,
    DescribeNotebook,
    DesignReport,
    Edit,
    MoveCell,
    ReplaceCell,
    duplicate_cell,
)
from notebooks.errors import EditConflict, NotebookError, NotebookProblem
from notebooks.form import FormField, FormValue, Widget, cell_from_form, form_values, lines_of, typed_values
from notebooks.graph import Graph, build_graph
from notebooks.headline import AnswerOutput, headline
from notebooks.home import suggest_home
from notebooks.kinds.behaviour.spec import BehaviourCell
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.chart.spec import ChartCell
from notebooks.kinds.forecast.spec import ForecastCell
from notebooks.kinds.funnel.spec import FunnelCell
from notebooks.kinds.input.output import InputOutput
from notebooks.kinds.input.spec import InputCell, InputType
from notebooks.kinds.metric.output import TileOutput
from notebooks.kinds.metric.spec import MetricCell
from notebooks.kinds.pivot.spec import PivotCell
from notebooks.kinds.retention.spec import RetentionCell
from notebooks.kinds.sql.spec import SqlCell
from notebooks.kinds.table.output import TableOutput
from notebooks.kinds.table.spec import TableCell
from notebooks.kinds.text.output import TextOutput
from notebooks.kinds.text.spec import TextCell
from notebooks.memory import RunMemory
from notebooks.output import Output
from notebooks.paged import AskedPage, PageAnswer, PageQuestion
from notebooks.prose import literal
from notebooks.reader import parse_notebook
from notebooks.registry import cell_kinds, kind_name
from notebooks.rehearsal import rehearse
from notebooks.run import Asked, CellProblem, CellRun, Running, run_cell, run_notebook
from notebooks.scope import Scope
from notebooks.sql_text import SqlPlace, find_place, format_sql
from notebooks.template import EventsFacts, Stock, Template, build_template, can_build
from notebooks.templates import TEMPLATES
from notebooks.values import member_labels
from notebooks.writer import dump_notebook

__all__ = [
    "COLUMNS",
    "MAX_HEIGHT",
    "TEMPLATES",
    "AddCell",
    "AnswerOutput",
    "ArrangeDashboard",
    "Ask",
    "Asked",
    "AskedPage",
    "BehaviourCell",
    "Board",
    "Cell",
    "CellKind",
    "CellProblem",
    "CellRun",
    "ChartCell",
    "ChartOutput",
    "Comparison",
    "Contribution",
    "DeleteCell",
    "DescribeNotebook",
    "DesignReport",
    "Difference",
    "DimensionFacts",
    "Edit",
    "EditConflict",
    "EventsFacts",
    "ForecastCell",
    "FormField",
    "FormValue",
    "FunnelCell",
    "Graph",
    "Heading",
    "InputCell",
    "InputOutput",
    "InputType",
    "MetricCell",
    "MetricFacts",
    "MoveCell",
    "Notebook",
    "NotebookError",
    "NotebookProblem",
    "Output",
    "PageAnswer",
    "PageQuestion",
    "Part",
    "PivotCell",
    "Placed",
    "ReplaceCell",
    "RetentionCell",
    "RunMemory",
    "Running",
    "Scope",
    "SqlCell",
    "SqlPlace",
    "SqlQuestion",
    "Stock",
    "Tab",
    "TableCell",
    "TableOutput",
    "Template",
    "TextCell",
    "TextOutput",
    "Tile",
    "TileOutput",
    "Widget",
    "add_tab",
    "boards_of",
    "build_graph",
    "build_template",
    "can_build",
    "cell_from_form",
    "cell_kinds",
    "change_board",
    "changed_keys",
    "check_words",
    "compare_notebooks",
    "diff_lines",
    "dump_notebook",
    "duplicate_cell",
    "explain_difference",
    "explain_ratio",
    "find_place",
    "form_values",
    "format_sql",
    "headline",
    "kind_name",
    "lines_of",
    "literal",
    "member_labels",
    "merge_drop",
    "metrics_of",
    "parse_notebook",
    "parts_of",
    "rehearse",
    "remove_tab",
    "rename_tab",
    "run_cell",
    "run_notebook",
    "suggest_home",
    "suggest_tile",
    "tiles_of",
    "typed_values",
    "without_cell",
]
