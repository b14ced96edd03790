"""The folder that a mail server puts returned messages in: a Maildir, read every few seconds.

What tells of a delivery is put on record and removed; anything else is moved to the messages that were seen.
"""

from collections.abc import Iterator
from pathlib import Path

from core.settings import Settings
from services.platform import Platform


def has_returned(settings: Settings) -> bool:
    """Whether there is a message that was not seen yet."""
    return settings.bounce_folder is not None and next(_new(settings.bounce_folder), None) is not None


def take_returned(platform: Platform) -> int:
    """Read what came; returns how many messages told of a delivery."""
    from services.deliveries.bounces import find_state, read_notification, record_bounce
    from services.deliveries.spec import DeliveryState

    folder, count = platform.settings.bounce_folder, 0
    if folder is None:
        return 0
    for path in sorted(_new(folder)):
        notification = read_notification(path.read_bytes())
        state = None if notification is None else find_state(platform, notification)
        if state is DeliveryState.SENDING:
            # It came back before it was written down that it went out; that is a matter of moments.
            continue
        if notification is not None and state is not None:
            record_bounce(platform, notification)
            path.unlink()
            count += 1
        else:
            # Seen, as Maildir writes it.
            path.rename(folder / "cur" / f"{path.name}:2,S")
    return count


def _new(folder: Path) -> Iterator[Path]:
    return (path for path in (folder / "new").glob("[!.]*") if path.is_file())
