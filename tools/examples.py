"""Writes docs/examples: the weekly review of the demo's executive as PDF, workbook and presentation.

Usage: python tools/examples.py [FOLDER]. It builds a fresh demo in a temporary folder.
"""

import sys
import tempfile
from pathlib import Path

from core.settings import Settings
from exports import PageSize
from services.demo import build_demo
from services.organisation import require_member
from services.platform import Platform
from services.reports import export_report

OUT = Path(__file__).resolve().parent.parent / "docs" / "examples"
NOTEBOOK, TENANT, READER = "weekly-sales-review", "brightwater", "executive@brightwater.example"


def main(folder: Path) -> None:
    """Write the files of each format."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        platform = Platform(Settings(data=Path(data)))
        try:
            build_demo(platform, lambda _said: None)
            reader = require_member(platform, platform.tenant(TENANT), READER)
            for name in ("pdf", "xlsx", "pptx"):
                made = export_report(platform, reader, NOTEBOOK, name, paper=PageSize.A4, has_cover=name == "pdf")
                (folder / made.file_name).write_bytes(made.content)
                sys.stdout.write(f"{made.file_name}: {len(made.content):,} bytes, {made.cells} cells\n")
        finally:
            platform.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
