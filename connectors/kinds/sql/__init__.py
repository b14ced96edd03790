"""Databases by URL: PostgreSQL, MySQL, MariaDB and SQLite, read in full or by a column that tells of changes."""

from connectors.contract import Capabilities
from connectors.kinds.sql.address import describe, secret_texts
from connectors.kinds.sql.config import Config
from connectors.kinds.sql.connection import connect

KIND = "sql"
LABEL = "SQL database"
CAPABILITIES = Capabilities(has_cursor=True, has_keys=True)

__all__ = ["CAPABILITIES", "KIND", "LABEL", "Config", "connect", "describe", "secret_texts"]
