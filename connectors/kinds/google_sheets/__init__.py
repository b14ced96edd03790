"""Google Sheets: a spreadsheet by its published link, each of its sheets a table."""

from connectors.contract import Capabilities
from connectors.kinds.google_sheets.config import Config, describe, secret_texts
from connectors.kinds.google_sheets.connection import connect

KIND = "google_sheets"
LABEL = "Google Sheets"
CAPABILITIES = Capabilities(has_cursor=False)

__all__ = ["CAPABILITIES", "KIND", "LABEL", "Config", "connect", "describe", "secret_texts"]
