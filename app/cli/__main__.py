"""`python -m app.cli` is the command `plumbline`."""

from app.cli.commands import main

main()
