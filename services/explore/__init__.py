"""Ask: a question that lives in a URL, its answer, the rows behind it, why it moved, and its way into a notebook."""

from services.explore.answer import Exploration, answer_question, first_question
from services.explore.behind import find_rows
from services.explore.question import Question, parse_question
from services.explore.saving import save_question
from services.explore.why import Why, explain_change

__all__ = [
    "Exploration",
    "Question",
    "Why",
    "answer_question",
    "explain_change",
    "find_rows",
    "first_question",
    "parse_question",
    "save_question",
]
