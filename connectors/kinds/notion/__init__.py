"""Notion: every database that an integration was given, by its token."""

from connectors.contract import Capabilities
from connectors.kinds.notion.config import Config, describe, secret_texts
from connectors.kinds.notion.connection import connect

KIND = "notion"
LABEL = "Notion"
CAPABILITIES = Capabilities(has_cursor=True, has_keys=True)

__all__ = ["CAPABILITIES", "KIND", "LABEL", "Config", "connect", "describe", "secret_texts"]
