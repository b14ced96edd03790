"""Scores for a tenant: how likely each of the reader's rows is to come to an event, with its record and its reasons."""

from services.scoring.card import ScoreCard, ScoredRow, find_scores, open_score
from services.scoring.versions import ScoreVersion, use_version

__all__ = ["ScoreCard", "ScoreVersion", "ScoredRow", "find_scores", "open_score", "use_version"]
