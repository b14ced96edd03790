"""HubSpot: CRM objects with their associations, owners and pipelines, by a private app's token."""

from connectors.contract import Capabilities
from connectors.kinds.hubspot.config import Config, describe, secret_texts
from connectors.kinds.hubspot.connection import connect

KIND = "hubspot"
LABEL = "HubSpot"
CAPABILITIES = Capabilities(has_cursor=True, has_keys=True)

__all__ = ["CAPABILITIES", "KIND", "LABEL", "Config", "connect", "describe", "secret_texts"]
