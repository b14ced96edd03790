"""The command `plumbline`: collects a request, has it run where the data folder is held, shows the answer.

Ends with 0, with 1 when the request failed (the reason is shown), with 2 for wrong usage.
"""

from app.cli.commands import main

__all__ = ["main"]
