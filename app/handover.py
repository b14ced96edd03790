"""Runs a command where the data folder is held: here when it is free, otherwise in the server that holds it."""

import http.client
import json
from collections.abc import Callable

from core.errors import ConflictError, InvalidError, UserError
from core.settings import Settings
from services.commands import Answer, begins_installation, run_command
from services.owner import FolderLock, Owner
from services.platform import Platform, is_installed


class RemoteError(UserError):
    """The error that the process holding the folder answered with."""


def run_where_held(
    settings: Settings, command: str, request: dict[str, object], progress: Callable[[str], None]
) -> Answer:
    """The command's answer. Raises AppError, also when the folder's holder does not listen."""
    if not begins_installation(command) and not is_installed(settings):
        raise InvalidError(
            f"There is no Plumbline data in {settings.folder}. Name its folder with --data, or begin one with "
            "`plumbline demo` or `plumbline tenant create`."
        )
    lock = FolderLock(settings.folder)
    if lock.acquire():
        try:
            platform = Platform(settings)
            try:
                return run_command(platform, command, request, progress)
            finally:
                platform.close()
        finally:
            lock.release()
    holder = lock.holder()
    if holder is None or not holder.port:
        who = f"process {holder.pid}" if holder else "another process"
        raise ConflictError(
            f"The data folder {settings.folder} is held by {who}. Wait until it has ended, or choose another --data."
        )
    return _hand_over(holder, command, request, progress)


def _hand_over(holder: Owner, command: str, request: dict[str, object], progress: Callable[[str], None]) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", holder.port)
    try:
        connection.request(
            "POST",
            f"/api/local/{command}",
            body=json.dumps(request),
            headers={"Authorization": f"Bearer {holder.token}", "Content-Type": "application/json"},
        )
        response = connection.getresponse()
        for line in response:
            message = json.loads(line)
            if "progress" in message:
                progress(message["progress"])
            elif "answer" in message:
                answer: Answer = message["answer"]
                return answer
            else:
                error = message["error"]
                raise RemoteError(error["message"], code=error["code"], data=error.get("data"))
    except OSError as error:
        raise ConflictError(
            f"The server that holds the data folder (process {holder.pid}) does not answer: {error}. "
            "Wait until it has started, or stop it."
        ) from error
    finally:
        connection.close()
    raise ConflictError("The server that holds the data folder ended before it answered. Check what was done.")
