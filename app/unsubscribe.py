"""The address at the foot of each delivered message. Opening it asks; only a POST leaves (RFC 8058).

Mail programs and their scanners open every link of a message, so a GET changes nothing.
"""

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.signin import show_page
from app.ui.signin import ProblemView, UnsubscribeView, render_problem, render_unsubscribe
from core.errors import UserError
from services.platform import Platform

if TYPE_CHECKING:
    from services.deliveries.unsubscribe import Subscription


def unsubscribe_routes(platform: Platform) -> list[BaseRoute]:
    """The routes; who has the address needs no session."""

    def find(token: str) -> "Subscription":
        from services.deliveries.unsubscribe import find_subscription

        return find_subscription(platform, token)

    def leave(token: str) -> "Subscription":
        from services.deliveries.unsubscribe import unsubscribe

        return unsubscribe(platform, token)

    async def answer(request: Request) -> Response:
        has_left = request.method == "POST"
        try:
            found = await run_in_threadpool(leave if has_left else find, request.path_params["token"])
        except UserError as error:
            return show_page(render_problem(ProblemView(title="Nothing was changed", what=error.message)), status=404)
        view = UnsubscribeView(
            schedule=found.schedule, recipient=found.recipient, tenant=found.tenant_name, has_left=has_left
        )
        return show_page(render_unsubscribe(view))

    return [Route("/unsubscribe/{token}", answer, methods=["GET", "POST"])]
