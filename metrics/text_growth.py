"""How long texts can become by what is done to them: the engine's memory limit does not hold for the texts of a query.

An upper estimate of one value. A text of the store is taken to be of 256 characters, so joining a few and putting words
into them stays far below the limit, while doubling again and again, or replacing within replacements, does not.
"""

from collections.abc import Iterable, Mapping

from sqlglot import exp

from core.errors import RefusedError

STORED_CHARACTERS = 256
MOST_CHARACTERS = 64 * 1024
_AGGREGATED = 16

# The longest text of each source of a query, by its name in small letters.
_Sources = Mapping[str, int]


def check_growth(tree: exp.Expr, place: str, *, column: int = STORED_CHARACTERS) -> int:
    """The longest text an expression or a SELECT can make of stored ones. Raises RefusedError where it is too long.

    `column` is the longest text of a column that an expression reads.
    """
    return _query(tree, {}, place) if isinstance(tree, exp.Query) else _require(tree, column, {}, place)


def _query(query: exp.Expr, known: _Sources, place: str) -> int:
    """The longest text of a query's columns."""
    sources = dict(known)
    with_ = query.args.get("with_")
    for cte in with_.expressions if with_ else ():
        sources[cte.alias.casefold()] = _query(cte.this, sources, place)
    if isinstance(query, exp.Subquery):
        return _query(query.this, sources, place)
    if isinstance(query, exp.SetOperation):
        return max(_query(query.left, sources, place), _query(query.right, sources, place))
    joined = [join.this for join in query.args.get("joins") or ()]
    from_ = query.args.get("from_")
    column = max([_source(one, sources, place) for one in ([from_.this] if from_ else []) + joined], default=0)
    parts = [value for name, value in query.args.items() if name not in {"with_", "from_", "joins", "expressions"}]
    parts += [join.args.get("on") for join in query.args.get("joins") or ()]
    for part in _trees(parts):
        _require(part, column, sources, place)
    return max([_require(one, column, sources, place) for one in query.expressions], default=0)


def _trees(parts: Iterable[object]) -> Iterable[exp.Expr]:
    for part in parts:
        yield from (one for one in (part if isinstance(part, list) else [part]) if isinstance(one, exp.Expr))


def _source(source: exp.Expr, sources: _Sources, place: str) -> int:
    if isinstance(source, exp.Query):
        return _query(source, sources, place)
    return sources.get(source.name.casefold(), STORED_CHARACTERS)


def _require(tree: exp.Expr, column: int, sources: _Sources, place: str) -> int:
    longest = _length(tree, column, sources, place)
    if longest > MOST_CHARACTERS:
        raise RefusedError(
            f"{place} could make a text of {longest:,} characters out of texts of {STORED_CHARACTERS}; at most"
            f" {MOST_CHARACTERS:,} are allowed: join fewer texts, or replace by shorter ones"
        )
    return longest


def _length(node: exp.Expr, column: int, sources: _Sources, place: str) -> int:
    if isinstance(node, exp.Query):
        return _query(node, sources, place)
    if isinstance(node, exp.Literal):
        return len(node.name)
    if isinstance(node, exp.Column | exp.Star):
        return column
    inner = [_length(child, column, sources, place) for child in node.iter_expressions()]
    longest = max(inner, default=0)
    match node:
        case exp.DPipe() | exp.Concat():
            return sum(inner)
        case exp.ConcatWs():
            return sum(inner) + longest * len(inner)
        case exp.Replace():
            return _replaced(node, column, sources, place)
        case exp.RegexpReplace():
            text, by = (_part(node, name, column, sources, place) for name in ("this", "replacement"))
            return text * (1 + by)
        case exp.GroupConcat():
            return longest * _AGGREGATED
    return longest


def _replaced(node: exp.Replace, column: int, sources: _Sources, place: str) -> int:
    text, by = (_part(node, name, column, sources, place) for name in ("this", "replacement"))
    old = node.args.get("expression")
    shortest = len(old.name) if isinstance(old, exp.Literal) and old.name else 1
    return max(text, text * by // shortest)


def _part(node: exp.Expr, name: str, column: int, sources: _Sources, place: str) -> int:
    part = node.args.get(name)
    return _length(part, column, sources, place) if isinstance(part, exp.Expr) else 0
