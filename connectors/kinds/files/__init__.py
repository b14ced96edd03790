"""Files and folders as a source."""

from connectors.kinds.files.stage import stage_files

KIND = "files"
LABEL = "Files and folders"

__all__ = ["KIND", "LABEL", "stage_files"]
