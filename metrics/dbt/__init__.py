"""Definitions of dbt's semantic layer (MetricFlow) as definitions of ours, and what of them cannot be said here."""

from metrics.dbt.convert import Imported, import_dbt

__all__ = ["Imported", "import_dbt"]
