"""Salesforce: objects by SOQL, what changed by SystemModstamp, what was deleted by its own list."""

from connectors.contract import Capabilities
from connectors.kinds.salesforce.config import Config, describe, secret_texts
from connectors.kinds.salesforce.connection import connect

KIND = "salesforce"
LABEL = "Salesforce"
CAPABILITIES = Capabilities(has_cursor=True, has_tombstones=True)

__all__ = ["CAPABILITIES", "KIND", "LABEL", "Config", "connect", "describe", "secret_texts"]
