"""The world as a reader sees it: tables with fewer rows, or hidden ones."""

from dataclasses import replace
from functools import partial
from typing import Any

from tests.oracle.counting import Counting
from tests.oracle.periods import Days
from tests.oracle.reaching import resolve
from tests.oracle.world import Model, Policy, Question, Reader, Refusal, Row, Rule, World

REACHES_NOTHING = "a dimension is out of reach"


class Seeing:
    """What a reader sees of a world."""

    def __init__(self, world: World, question: Question, reader: Reader) -> None:
        self.world, self.reader = world, reader
        self.counting = Counting(world, question, Days(start=None, end=None, full_end=None), None)
        self.bound = [[policy for policy in reader.policies if policy.role == role] for role in reader.roles]

    def world_seen(self) -> tuple[World, frozenset[str]]:
        """The world with the rows that are seen, and the tables that are hidden. Raises Refusal."""
        if any(not policies for policies in self.bound):
            return self.world, frozenset()
        for policies in self.bound:
            for policy in policies:
                for rule in policy.rules:
                    self._require_sound(rule)
        models, hidden = {}, set()
        for model in self.world.models.values():
            seeing = [policies for policies in self.bound if self._sees(policies, model)]
            if not seeing:
                hidden.add(model.name)
            rows = [row for row in model.rows if any(self._shows(policies, model, row) for policies in seeing)]
            models[model.name] = replace(model, rows=rows)
        return World(models=models), frozenset(hidden)

    def _require_sound(self, rule: Rule) -> None:
        if rule.table is None:
            reached = [self._reaches(model, rule.column) for model in self.world.models.values()]
            if not any(reached):
                raise Refusal("a policy names nothing")

    def _reaches(self, model: Model, name: str) -> bool:
        try:
            resolve(self.world, model, name)
        except Refusal as refusal:
            if str(refusal) == REACHES_NOTHING:
                return False
            raise
        return True

    def _rules(self, policies: list[Policy], model: Model) -> list[Rule]:
        return [
            rule
            for policy in policies
            for rule in policy.rules
            if rule.table == model.name or (rule.table is None and self._reaches(model, rule.column))
        ]

    def _sees(self, policies: list[Policy], model: Model) -> bool:
        return bool(self._rules(policies, model)) or all(model.name in policy.open for policy in policies)

    def _shows(self, policies: list[Policy], model: Model, row: Row) -> bool:
        return all(self._fulfils(policies, rule, model, row) for rule in self._rules(policies, model))

    def _fulfils(self, policies: list[Policy], rule: Rule, model: Model, row: Row) -> bool:
        if rule.other is not None and rule.key is not None:
            other = self.world.models[rule.other]
            return self._sees(policies, other) and any(
                row[rule.column] is not None
                and row[rule.column] == their[rule.key]
                and self._shows(policies, other, their)
                for their in other.rows
            )
        values = dict(self.reader.attributes).get(rule.attribute, ()) if rule.attribute else rule.values
        look = partial(self.counting.look, model, row)
        value: Any = row[rule.column] if rule.table is not None else look(rule.column)[0]
        return value is not None and str(value) in values
