"""Sources that are read over HTTP: one client for all of them, which knows what an answer means."""

from connectors.http.auth import Auth
from connectors.http.client import HttpClient, open_client
from connectors.http.token import fetch_token

__all__ = ["Auth", "HttpClient", "fetch_token", "open_client"]
