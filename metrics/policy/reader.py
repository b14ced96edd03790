"""Reads policies from YAML files, noting every problem with its line."""

from collections.abc import Mapping

from metrics.document import Section, read_document
from metrics.errors import DefinitionError, Problem
from metrics.policy.spec import ColumnRule, DimensionRule, FollowRule, Mask, MaskRule, Policy, RowRule, Values

MEMBER = "member."


def read_policies(files: Mapping[str, str]) -> dict[str, Policy]:
    """The policies of files by name. Raises DefinitionError with every problem that the files alone can tell."""
    problems: list[Problem] = []
    found: dict[str, Policy] = {}
    for file, text in files.items():
        policy = _read_policy(file, text, problems)
        if policy is None:
            continue
        if policy.name in found:
            problems.append(Problem(file=file, line=1, message=f"policy {policy.name} is defined twice"))
        found[policy.name] = policy
    if problems:
        raise DefinitionError(problems)
    return found


def _read_policy(file: str, text: str, problems: list[Problem]) -> Policy | None:
    top = read_document(file, text, problems)
    if top is None:
        return None
    name = top.require("policy", "each file defines one policy")
    if name is None or not top.check_name(name.replace("-", "_"), "policy", top.line_of("policy")):
        return None
    top.title = f"policy {name}"
    roles = top.texts("roles")
    if not roles:
        top.note(f"policy {name} has no `roles`: whom does it bind?")
    rows = [rule for item in top.items("rows", "a rule of `rows`") if (rule := _row_rule(item)) is not None]
    masks = [mask for item in top.items("columns", "a rule of `columns`") if (mask := _mask_rule(item)) is not None]
    policy = Policy(
        name=name,
        description=top.text("description") or "",
        roles=roles,
        rows=tuple(rows),
        open=top.texts("open"),
        columns=tuple(masks),
        file=file,
    )
    if not policy.rows and not policy.columns:
        top.note(f"policy {name} has neither `rows` nor `columns`, so it would do nothing")
    top.finish()
    return policy


def _row_rule(item: Section) -> RowRule | None:
    rule: RowRule | None = None
    if item.has("dimension"):
        dimension, values = item.require("dimension"), _values(item)
        if dimension and values:
            rule = DimensionRule(dimension=dimension, values=values, line=item.line)
    elif item.has("follows"):
        rule = _follow_rule(item)
    else:
        table, column, values = item.require("table"), item.require("column"), _values(item)
        if table and column and values:
            rule = ColumnRule(table=table, column=column, values=values, line=item.line)
    item.finish()
    return rule


def _follow_rule(item: Section) -> FollowRule | None:
    table, column, follows = item.require("table"), item.require("column"), item.require("follows")
    other, dot, key = (follows or "").partition(".")
    if follows and not (other and dot and key):
        item.note(f"`follows` is {follows!r}; write the other table and its key, such as deals.id")
        return None
    return FollowRule(table=table, column=column, other=other, key=key, line=item.line) if table and column else None


def _values(item: Section) -> Values | None:
    """What `in` says: `member.regions`, or a list of values."""
    given = item.texts("in")
    if not given:
        item.note("a rule needs `in`: an attribute such as member.regions, or a list of values")
        return None
    attributes = [text for text in given if text.startswith(MEMBER)]
    if attributes and len(given) > 1:
        item.note("`in` is either one attribute of the member or a list of values")
        return None
    if attributes:
        return Values(attribute=given[0].removeprefix(MEMBER))
    return Values(literals=given)


def _mask_rule(item: Section) -> MaskRule | None:
    table, column, show = item.require("table"), item.require("column"), item.choice("show", list(Mask))
    if show is None:
        item.note("a rule of `columns` needs `show`: hash, hide or last4")
    item.finish()
    return MaskRule(table=table, column=column, mask=Mask(show), line=item.line) if table and column and show else None
