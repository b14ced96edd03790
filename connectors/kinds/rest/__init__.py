"""Any paged REST API, described in YAML: where records are, how pages go on, what tells of changes."""

from connectors.contract import Capabilities
from connectors.kinds.rest.config import Config, describe, secret_texts
from connectors.kinds.rest.connection import connect

KIND = "rest"
LABEL = "REST API"
CAPABILITIES = Capabilities(has_cursor=True)

__all__ = ["CAPABILITIES", "KIND", "LABEL", "Config", "connect", "describe", "secret_texts"]
