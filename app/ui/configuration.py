"""How Streamlit is set up for the whole product, wherever the process was started from."""

import tomllib
from pathlib import Path

APP = Path(__file__).resolve().parent.parent
THEME = APP / "theme.toml"

OPTIONS: dict[str, object] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "global.developmentMode": False,
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,
    "server.baseUrlPath": "",
    "server.enableAgentApi": False,
    "server.enableStaticServing": True,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.runOnSave": False,
    "theme.base": "light",
}


def configuration() -> dict[str, object]:
    """Every Streamlit option the product sets, the theme file included.

    The theme's keys are set one by one instead of through `theme.base`: a key in a developer's own
    `~/.streamlit/config.toml` would win over a theme file.
    """
    theme = tomllib.loads(THEME.read_text(encoding="utf-8"))
    return OPTIONS | _flatten(theme)


def _flatten(table: dict[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def configure(*, upload_max_mb: int = 200) -> None:
    """Apply the configuration. Call it once, before the Streamlit application is built."""
    from streamlit.components.v2.component_manager import BidiComponentManager
    from streamlit.web.bootstrap import load_config_options

    # Pages mount the product's own components only; looking for others reads the metadata of every package there is.
    BidiComponentManager.discover_and_register_components = _register_none  # type: ignore[method-assign,assignment]
    load_config_options(configuration() | {"server.maxUploadSize": upload_max_mb})


def _register_none(_manager: object, *, start_file_watching: bool = True) -> None:
    """Stands in for the search for components in installed packages."""
