"""Random policies, and readers they bind."""

from random import Random
from typing import Any

from tests.oracle.world import Model, Policy, Reader, Rule, World

_ROLES = ("manager", "seller")
_KINDS = {"text", "integer"}


def make_reader(random: Random, world: World) -> Reader:
    """A reader of one role or two, most often bound by policies."""
    models = list(world.models.values())
    policies = [_policy(random, random.choice(_ROLES), models) for _ in range(random.choice((1, 1, 2)))]
    roles = random.choice(((policies[0].role,), (policies[0].role,), _ROLES))
    attributes = (("codes", _values(random, models)), ("none", ()))
    return Reader(roles=roles, attributes=attributes, policies=tuple(policies))


def _policy(random: Random, role: str, models: list[Model]) -> Policy:
    rules = [_rule(random, models) for _ in range(random.choice((1, 1, 2)))]
    is_open = random.random() < 0.7
    return Policy(
        role=role,
        rules=tuple(rules),
        open=tuple(model.name for model in models if is_open and random.random() < 0.8),
    )


def _rule(random: Random, models: list[Model]) -> Rule:
    chance = random.random()
    attribute = random.choice((None, None, "codes", "none"))
    values = _values(random, models)
    if chance < 0.4:
        names = [name for model in models for name, one in model.dimensions.items() if one.type in _KINDS]
        if names:
            return Rule(table=None, column=random.choice(names), values=values, attribute=attribute)
    if chance < 0.6 and len(models) > 1:
        # A table follows one that comes before it, so that none follow each other in a circle.
        place = random.randrange(1, len(models))
        model, other = models[place], random.choice(models[:place])
        pairs = [
            (ours, theirs)
            for ours, type_ in model.types.items()
            for theirs, their_type in other.types.items()
            if type_ == their_type and type_ in _KINDS
        ]
        ours, theirs = random.choice(pairs)
        return Rule(table=model.name, column=ours, other=other.name, key=theirs)
    model = random.choice(models)
    column = random.choice([name for name, type_ in model.types.items() if type_ == "text"])
    return Rule(table=model.name, column=column, values=values, attribute=attribute)


def _values(random: Random, models: list[Model]) -> tuple[str, ...]:
    """Values that are there. Numbers are written as text, as in a policy."""
    found: list[Any] = [
        row[column]
        for model in models
        for row in model.rows
        for column, type_ in model.types.items()
        if type_ in _KINDS and row[column] is not None
    ]
    numbers = [str(value) for value in found if isinstance(value, int)]
    texts = [value for value in found if isinstance(value, str) and not value.startswith("member.")]
    pool = numbers if numbers and random.random() < 0.2 else texts
    return tuple(dict.fromkeys(random.choice(pool) for _ in range(random.randint(1, 4)))) if pool else ("none",)
