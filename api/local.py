"""Commands handed over by `plumbline` processes on this machine, because this process holds the data folder.

The caller proves that it may read the data folder by the token this process left there. The answer is a stream of JSON
lines: `{"progress": text}` while it works, then `{"answer": {...}}` or `{"error": {...}}`.
"""

import hmac
import json
import queue
import threading
from collections.abc import Iterator

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response, StreamingResponse

from api.errors import error_body
from core.errors import InvalidError
from services.commands import run_command
from services.platform import Platform


def local_routes(platform: Platform, token: str) -> APIRouter:
    """The hand-over route, open to who knows the token."""
    router = APIRouter()

    @router.post("/local/{command}", include_in_schema=False)
    async def run(command: str, request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return JSONResponse({"error": {"code": "signed_out", "message": "Sign in first."}}, status_code=401)
        body = json.loads(await request.body())
        return StreamingResponse(_lines(platform, command, body), media_type="application/x-ndjson")

    return router


def _lines(platform: Platform, command: str, body: dict[str, object]) -> Iterator[str]:
    said: queue.Queue[dict[str, object]] = queue.Queue()

    def work() -> None:
        try:
            answer = run_command(platform, command, body, lambda text: said.put({"progress": text}))
            said.put({"answer": answer})
        except ValidationError as error:
            said.put({"error": error_body(InvalidError(str(error)))[1]})
        except Exception as error:
            said.put({"error": error_body(error)[1]})

    threading.Thread(target=work, name=f"command-{command}", daemon=True).start()
    while True:
        line = said.get()
        yield json.dumps(line) + "\n"
        if "progress" not in line:
            return
