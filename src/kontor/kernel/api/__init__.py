"""What every app's api.py is written with: endpoints that name their right, errors as sentences, pages by cursor."""

from kontor.kernel.api.cursors import Cursor, CursorError, Page, after, cut
from kontor.kernel.api.endpoints import Call, Endpoints
from kontor.kernel.api.problems import Problem, ProblemError

__all__ = ["Call", "Cursor", "CursorError", "Endpoints", "Page", "Problem", "ProblemError", "after", "cut"]
