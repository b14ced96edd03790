"""Writes a notebook as YAML that people can read and compare: one key a line, defaults left out, always the same."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from enum import Enum

import yaml

from notebooks.cell import Cell
from notebooks.dashboard import Heading, Part, Tab, parts_of
from notebooks.document import Notebook
from notebooks.registry import kind_name
from notebooks.report_design import Place, ReportBlock, design_of

_WIDTH = 110


def dump_notebook(notebook: Notebook) -> str:
    """The canonical YAML text of a notebook; `parse_notebook` gives the same notebook back."""
    document: dict[str, object] = {"notebook": notebook.name, "title": notebook.title}
    if notebook.description:
        document["description"] = notebook.description
    document["cells"] = [write_cell(cell) for cell in notebook.cells]
    if notebook.dashboard:
        document["dashboard"] = [_part(part) for part in parts_of(notebook)]
    if notebook.report.blocks:
        document["report"] = [_block(block) for block in design_of(notebook).blocks]
    if notebook.report.pages:
        document["report_pages"] = sorted(look.value for look in notebook.report.pages)
    return yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )


def _block(block: ReportBlock) -> Mapping[str, object]:
    return {"cell": block.cell} | ({} if block.place is Place.BELOW else {"place": block.place.value})


def _part(part: Part) -> Mapping[str, object]:
    if isinstance(part, Tab):
        return {"tab": part.tab}
    if isinstance(part, Heading):
        return {"heading": part.heading}
    height = {} if part.height == 1 else {"height": part.height}
    return {"cell": part.cell, "width": part.width, **height}


def write_cell(cell: Cell) -> Mapping[str, object]:
    """A cell as the mapping that is written: its name, its kind, and what differs from the defaults."""
    written: dict[str, object] = {"name": cell.name, "kind": kind_name(cell)}
    for field in fields(cell):
        value = getattr(cell, field.name)
        is_default = field.default is not MISSING and value == field.default
        if field.name != "name" and not is_default:
            written[field.name] = _plain(value)
    return written


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


class _Dumper(yaml.SafeDumper):
    """Lists of names in brackets, text of several lines as a block."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow=flow, indentless=False)


def _represent_list(dumper: yaml.SafeDumper, items: list[object]) -> yaml.SequenceNode:
    is_flow = not any(isinstance(item, dict) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=is_flow)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(list, _represent_list)
_Dumper.add_representer(str, _represent_text)
