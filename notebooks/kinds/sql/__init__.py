"""One SELECT over the tables and over other cells, under the reader's policies."""

from notebooks.cell import CellKind
from notebooks.kinds.sql.form import FORM
from notebooks.kinds.sql.run import reads, run
from notebooks.kinds.sql.spec import EXAMPLE, SqlCell, read

KIND = "sql"
DEFINITION = CellKind(
    cell=SqlCell, read=read, run=run, example=EXAMPLE, form=FORM, is_filtered=False, label="SQL", reads=reads
)
