"""`plumbline worker`: takes the data folder and delivers what is due, without pages."""

import signal
from types import FrameType

from app.cli.output import show_json, show_text
from app.delivering import Delivering
from core.settings import Settings
from services.owner import FolderLock
from services.platform import Platform


def work_until_stopped(settings: Settings, *, as_json: bool) -> None:
    """Deliver until SIGINT or SIGTERM. Raises ConflictError when another process holds the data folder."""
    with FolderLock(settings.folder):
        platform = Platform(settings)
        try:
            delivering = Delivering(platform)

            def leave(_number: int, _frame: FrameType | None) -> None:
                delivering.request_stop()

            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, leave)
            show_json({"working": True}) if as_json else show_text("Delivering what is due. Stop with Ctrl+C.")
            delivering.run()
        finally:
            platform.close()
