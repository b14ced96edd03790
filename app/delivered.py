"""The address of a delivered file that was too large for its message, or for its channel; it is signed and ends."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.signin import show_page
from app.ui.signin import ProblemView, render_problem
from core.errors import UserError
from services.platform import Platform


def delivered_routes(platform: Platform) -> list[BaseRoute]:
    """The route; who has the address needs no session."""

    async def answer(request: Request) -> Response:
        from services.deliveries.links import open_link

        given = (request.path_params[name] for name in ("delivery", "token", "name"))
        try:
            file = await run_in_threadpool(open_link, platform, *given)
        except UserError as error:
            return show_page(render_problem(ProblemView(title="There is no file here", what=error.message)), status=404)
        headers = {
            "content-disposition": f'attachment; filename="{file.name}"',
            "cache-control": "private, no-store",
            "x-content-type-options": "nosniff",
        }
        return Response(file.content, media_type=file.media_type, headers=headers)

    return [Route("/delivered/{delivery}/{token}/{name}", answer, methods=["GET"])]
