"""The headers that every answer carries: what a browser may load, and which sites may show our pages in a frame."""

from collections.abc import Sequence

from starlette.types import Message, Send


def with_headers(send: Send, request_id: str, *more: tuple[bytes, bytes], ancestors: Sequence[str] = ()) -> Send:
    """Send with the headers in place; `ancestors` are the sites that may frame the page, by default none."""
    headers = _headers(ancestors)

    async def send_secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(pair for pair in headers if pair[0] not in present)]
            message["headers"] += [(b"x-request-id", request_id.encode()), *more]
        await send(message)

    return send_secured


def _headers(ancestors: Sequence[str]) -> list[tuple[bytes, bytes]]:
    framing = f"frame-ancestors {' '.join(ancestors)}" if ancestors else "frame-ancestors 'none'"
    policy = (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self' ws: wss:; "
        f"object-src 'none'; base-uri 'self'; form-action 'self'; {framing}"
    )
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"content-security-policy", policy.encode("latin-1")),
    ]
    # The older header knows no list of sites; browsers that know the newer one prefer that.
    return headers if ancestors else [*headers, (b"x-frame-options", b"DENY")]
