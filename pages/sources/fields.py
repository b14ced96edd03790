"""The form of a kind of source, drawn from its configuration."""

import streamlit as st
from pydantic.fields import FieldInfo

from connectors.contract import SourceConfig, secret_fields


def draw_fields(config: type[SourceConfig], *, key: str) -> dict[str, object]:
    """One input for each field; those left as they are keep their default."""
    secrets = secret_fields(config)
    values: dict[str, object] = {}
    for name, info in config.model_fields.items():
        text = _input(name, info, key=key, is_secret=name in secrets)
        if text:
            values[name] = text
    return values


def _input(name: str, info: FieldInfo, *, key: str, is_secret: bool) -> str:
    label, about = info.title or name, info.description
    extra = info.json_schema_extra
    if isinstance(extra, dict) and extra.get("lines"):
        return st.text_area(label, help=about, height=220, key=f"{key}_field_{name}")
    default = "" if is_secret or info.is_required() else str(info.default or "")
    return st.text_input(
        label,
        help=about,
        placeholder=default,
        type="password" if is_secret else "default",
        autocomplete="off",
        key=f"{key}_field_{name}",
    )
