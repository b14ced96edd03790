"""Pipedrive: deals, people, organisations, activities and what belongs to them, by an API token."""

from connectors.contract import Capabilities
from connectors.kinds.pipedrive.config import Config, describe, secret_texts
from connectors.kinds.pipedrive.connection import connect

KIND = "pipedrive"
LABEL = "Pipedrive"
CAPABILITIES = Capabilities(has_cursor=True, has_keys=True)

__all__ = ["CAPABILITIES", "KIND", "LABEL", "Config", "connect", "describe", "secret_texts"]
