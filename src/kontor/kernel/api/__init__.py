"""What every app's api.py is written with: endpoints that name their right, errors as sentences, pages by cursor."""

from kontor.kernel.api.cursors import Cursor, CursorError, Page, after, cut
from kontor.kernel.api.endpoints import Call, Endpoints
from kontor.kernel.api.problems import Problem, ProblemError
from kontor.kernel.api.schemas import WHY, Amount, ClauseShown, Day, FileGiven, Line, Truth, Why

__all__ = [
    "WHY",
    "Amount",
    "Call",
    "ClauseShown",
    "Cursor",
    "CursorError",
    "Day",
    "Endpoints",
    "FileGiven",
    "Line",
    "Page",
    "Problem",
    "ProblemError",
    "Truth",
    "Why",
    "after",
    "cut",
]
