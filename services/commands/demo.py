"""Makes the demo tenants."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform

KIND = "demo"
BEGINS = True


class Request(CommandRequest):
    """Nothing to say."""


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Make what is missing; tell what there is, and a sign-in link for each member."""
    from services.demo import build_demo, demo_links

    said = build_demo(platform, progress)
    return {"said": said, "links": demo_links(platform)}
