"""`python -m app.cli` is the command `plumbline`."""

import gc

# What is loaded stays; looking for garbage among it would only take time.
gc.disable()

from app.cli.commands import main  # noqa: E402


def run() -> None:
    """Run the command."""
    gc.set_threshold(50_000, 20, 20)
    gc.enable()
    main()


if __name__ == "__main__":
    run()
