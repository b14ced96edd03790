"""The forecast of a metric: its past, what is expected, and the interval around it."""

from notebooks.cell import CellKind
from notebooks.kinds.forecast.form import FORM
from notebooks.kinds.forecast.run import run
from notebooks.kinds.forecast.spec import EXAMPLE, ForecastCell, read

KIND = "forecast"
DEFINITION = CellKind(cell=ForecastCell, read=read, run=run, example=EXAMPLE, form=FORM, label="Forecast")
