"""A YAML file read key by key, with the line of everything.

Whatever is wrong is noted as a problem and never raised, so one reading reports all of it. Scalars are taken as they
are written: `label: No` is the text "No" and `on:` is the key "on", although YAML 1.1 would make both a boolean.
Only plain YAML is understood; no tag can build an object.
"""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal

import yaml

from core.names import suggestion
from metrics.errors import Part, Problem

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")

_MAX_DEPTH = 20
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge")
)
_NULL = "tag:yaml.org,2002:null"


class Section:
    """A mapping in a file. Each key is asked for once; `finish` reports the ones nobody asked for."""

    def __init__(
        self, *, file: str, title: str, line: int, problems: list[Problem], part: Part = Part.MODEL, name: str = ""
    ) -> None:
        self.file = file
        self.part = part
        self.name = name
        self.title = title
        self.line = line
        self.problems = problems
        self._nodes: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: dict[str, None] = {}

    def fill(self, node: yaml.Node) -> "Section":
        """Takes the keys of a mapping; a null is a mapping without keys."""
        if isinstance(node, yaml.ScalarNode) and node.tag == _NULL:
            return self
        if not isinstance(node, yaml.MappingNode):
            self.note(f"{self.title} must be a mapping of keys to values", line=_line(node))
            return self
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.note(f"{self.title}: a key must be plain text", line=_line(key))
            elif key.value in self._nodes:
                first = self._lines[key.value]
                self.note(f"{self.title}: `{key.value}` is given twice (first on line {first})", line=_line(key))
            else:
                self._nodes[key.value] = value
                self._lines[key.value] = _line(key)
        return self

    def note(self, message: str, *, line: int | None = None) -> None:
        """Reports a problem, on the section's own line when no other is given."""
        self.problems.append(
            Problem(
                file=self.file,
                line=self.line if line is None else line,
                message=message,
                part=self.part,
                name=self.name,
            )
        )

    def has(self, key: str) -> bool:
        """Whether the key is there at all."""
        return key in self._nodes

    def line_of(self, key: str) -> int:
        """The line of a key, or of the section when the key is absent."""
        return self._lines.get(key, self.line)

    def text(self, key: str) -> str | None:
        """The text of a key, None when it is absent or null."""
        node = self._ask(key)
        return None if node is None else self._scalar(node, f"`{key}` of {self.title}")

    def require(self, key: str, why: str = "") -> str | None:
        """The text of a key that must be there."""
        known = len(self.problems)
        value = self.text(key)
        if value is not None and value.strip():
            return value
        if len(self.problems) == known:
            self.note(f"{self.title} has no `{key}`{f': {why}' if why else ''}", line=self.line_of(key))
        return None

    def whole(self, key: str, *, low: int, high: int) -> int | None:
        """The whole number of a key, within limits."""
        value = self.text(key)
        if value is None:
            return None
        if not re.fullmatch(r"\d{1,9}", value) or not low <= int(value) <= high:
            self.note(
                f"`{key}` of {self.title} is {value!r}; it must be a whole number from {low} to {high}",
                line=self.line_of(key),
            )
            return None
        return int(value)

    def fraction(self, key: str) -> Decimal | None:
        """The number of a key, from 0 to 1."""
        value = self.text(key)
        if value is None:
            return None
        if not re.fullmatch(r"0?\.\d{1,9}|[01](\.0{1,9})?", value):
            self.note(f"`{key}` of {self.title} is {value!r}; it must be a number from 0 to 1", line=self.line_of(key))
            return None
        return Decimal(value)

    def choice(self, key: str, allowed: Collection[str]) -> str | None:
        """The text of a key that must be one of a few words."""
        value = self.text(key)
        if value is None or value in allowed:
            return value
        self.note(
            f"`{key}` of {self.title} is {value!r}. {suggestion(value, allowed)}"
            f" Allowed: {', '.join(sorted(allowed))}.",
            line=self.line_of(key),
        )
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """One text or a list of texts."""
        node = self._ask(key)
        if node is None:
            return ()
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        values = [self._scalar(item, f"`{key}` of {self.title}") for item in items]
        return tuple(value for value in values if value is not None)

    def pairs(self, key: str) -> Mapping[str, str]:
        """A mapping of texts to texts."""
        inner = self._inner(key, f"`{key}` of {self.title}")
        if inner is None:
            return {}
        found = {name: inner.text(name) for name in inner._nodes}
        return {name: value for name, value in found.items() if value is not None}

    def section(self, key: str) -> "Section | None":
        """The one mapping below a key; None when it is absent or null."""
        return self._inner(key, f"`{key}` of {self.title}")

    def named(self, key: str, kind: Part) -> list[tuple[str, "Section"]]:
        """The mappings below a key by their names, such as every dimension; badly named ones are noted and left out."""
        inner = self._inner(key, f"`{key}` of {self.title}")
        if inner is None:
            return []
        sections = []
        for name, node in inner._nodes.items():
            line = inner._lines[name]
            if self.check_name(name, kind, line):
                section = Section(
                    file=self.file, title=f"{kind} {name}", line=line, problems=self.problems, part=kind, name=name
                )
                sections.append((name, section.fill(node)))
        return sections

    def items(self, key: str, kind: str) -> list["Section"]:
        """The mappings of a list below a key."""
        node = self._ask(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.note(f"`{key}` of {self.title} must be a list (each item begins with a dash)", line=self.line_of(key))
            return []
        return [
            Section(file=self.file, title=kind, line=_line(item), problems=self.problems).fill(item)
            for item in node.value
        ]

    def check_name(self, name: str, kind: str, line: int) -> bool:
        """Whether a name is well formed; notes a problem when it is not."""
        if NAME.fullmatch(name):
            return True
        self.note(
            f"{kind} {name!r} is badly named: use lower-case letters, digits and underscores,"
            " beginning with a letter, at most 63",
            line=line,
        )
        return False

    def finish(self) -> None:
        """Reports the keys that mean nothing here."""
        for key, line in self._lines.items():
            if key not in self._asked:
                self.note(f"{self.title} does not take `{key}`. {suggestion(key, self._asked)}", line=line)

    def _ask(self, key: str) -> yaml.Node | None:
        self._asked[key] = None
        return None if self._is_null(key) else self._nodes.get(key)

    def _is_null(self, key: str) -> bool:
        node = self._nodes.get(key)
        return isinstance(node, yaml.ScalarNode) and node.tag == _NULL

    def _inner(self, key: str, title: str) -> "Section | None":
        node = self._ask(key)
        if node is None:
            return None
        section = Section(
            file=self.file,
            title=title,
            line=self.line_of(key),
            problems=self.problems,
            part=self.part,
            name=self.name,
        )
        return section.fill(node)

    def _scalar(self, node: yaml.Node, title: str) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self.note(f"{title} must be plain text, not a list or a mapping", line=_line(node))
        elif node.tag not in _PLAIN_TAGS:
            self.note(f"{title} has the tag {node.tag}, which is not allowed", line=_line(node))
        elif node.tag != _NULL:
            return str(node.value)
        return None


def read_document(file: str, text: str, problems: list[Problem]) -> Section | None:
    """The top mapping of a file, or None (with a problem noted) when the file is empty or no valid YAML."""
    line = 1
    try:
        _check_depth(text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line, text.count("\n")) + 1 if mark else 1
        message = f"not valid YAML: {error.problem or error.context or 'cannot be read'}"
    except yaml.YAMLError as error:
        message = f"not valid YAML: {' '.join(str(error).split())}"
    else:
        if node is not None:
            return Section(file=file, title="the file", line=1, problems=problems).fill(node)
        message = "the file is empty; it must hold one model"
    problems.append(Problem(file=file, line=line, message=message))
    return None


def _check_depth(text: str) -> None:
    """Raises YAMLError for lists and mappings nested absurdly deep, on which the loader in C would crash."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                raise yaml.YAMLError("nested too deeply")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
