"""Files and folders as a source."""

from connectors.contract import Capabilities
from connectors.kinds.files.source import Config, connect, describe, secret_texts
from connectors.kinds.files.stage import stage_files

KIND = "files"
LABEL = "Files and folders"
CAPABILITIES = Capabilities(has_cursor=False)

__all__ = ["CAPABILITIES", "KIND", "LABEL", "Config", "connect", "describe", "secret_texts", "stage_files"]
