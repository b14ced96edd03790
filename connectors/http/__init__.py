"""Sources that are read over HTTP: one client for all of them, which knows what an answer means."""

from connectors.http.auth import Auth
from connectors.http.client import HttpClient, open_client

__all__ = ["Auth", "HttpClient", "open_client"]
