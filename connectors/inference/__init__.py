"""Types from text: proposed from a sample, tested on all rows, settled only when every value can be read."""

from connectors.inference.columns import ColumnPlan, plan_columns
from connectors.inference.declared import plan_declared_columns

__all__ = ["ColumnPlan", "plan_columns", "plan_declared_columns"]
