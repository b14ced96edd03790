"""The notebook: a document of named cells, and its run.

Pure: it asks its questions through `Ask` and knows nothing of tenants, members or the web. Each kind of cell is a
folder of `notebooks.kinds`, found by itself.
"""

from notebooks.ask import Ask, DimensionFacts, MetricFacts
from notebooks.cell import Cell, CellKind
from notebooks.difference import Contribution, Difference, explain_difference, explain_ratio
from notebooks.document import Notebook
from notebooks.errors import NotebookError, NotebookProblem
from notebooks.headline import AnswerOutput, headline
from notebooks.home import suggest_home
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.chart.spec import ChartCell
from notebooks.kinds.metric.output import TileOutput
from notebooks.kinds.metric.spec import MetricCell
from notebooks.kinds.table.output import TableOutput
from notebooks.kinds.table.spec import TableCell
from notebooks.kinds.text.output import TextOutput
from notebooks.kinds.text.spec import TextCell
from notebooks.output import Output
from notebooks.reader import parse_notebook
from notebooks.registry import cell_kinds, kind_name
from notebooks.run import Asked, CellProblem, CellRun, run_cell, run_notebook
from notebooks.scope import Scope
from notebooks.values import member_labels
from notebooks.writer import dump_notebook

__all__ = [
    "AnswerOutput",
    "Ask",
    "Asked",
    "Cell",
    "CellKind",
    "CellProblem",
    "CellRun",
    "ChartCell",
    "ChartOutput",
    "Contribution",
    "Difference",
    "DimensionFacts",
    "MetricCell",
    "MetricFacts",
    "Notebook",
    "NotebookError",
    "NotebookProblem",
    "Output",
    "Scope",
    "TableCell",
    "TableOutput",
    "TextCell",
    "TextOutput",
    "TileOutput",
    "cell_kinds",
    "dump_notebook",
    "explain_difference",
    "explain_ratio",
    "headline",
    "kind_name",
    "member_labels",
    "parse_notebook",
    "run_cell",
    "run_notebook",
    "suggest_home",
]
