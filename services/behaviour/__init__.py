"""Funnels and retention of a tenant's events, under the reader's row policy."""

from services.behaviour.event_sets import EventChoices, find_choices, has_events, name_entities
from services.behaviour.funnel import FunnelAnswer, answer_funnel, entities_at
from services.behaviour.questions import FunnelQuestion, RetentionQuestion, parse_funnel, parse_retention
from services.behaviour.retention import RetentionAnswer, answer_retention, entities_in, entities_of_row

__all__ = [
    "EventChoices",
    "FunnelAnswer",
    "FunnelQuestion",
    "RetentionAnswer",
    "RetentionQuestion",
    "answer_funnel",
    "answer_retention",
    "entities_at",
    "entities_in",
    "entities_of_row",
    "find_choices",
    "has_events",
    "name_entities",
    "parse_funnel",
    "parse_retention",
]
