"""Lists a tenant's notebooks."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "notebook-list"


class Request(CommandRequest):
    """The tenant."""

    tenant: str


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Every notebook outside the trash; `published` is the version readers see, null for none."""
    from services.notebooks import list_notebooks

    found = list_notebooks(platform, operator(platform.tenant(request.tenant)))
    return {
        "notebooks": [
            {
                "name": one.name,
                "title": one.title,
                "cells": one.cells,
                "version": one.version,
                "published": one.published,
                "saved_by": one.created_by,
                "saved_at": one.created_at.isoformat(),
            }
            for one in found
        ]
    }
