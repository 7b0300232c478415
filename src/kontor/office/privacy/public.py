"""What other apps may ask of privacy."""

from kontor.office.privacy.actions.statements import Asked, ask
from kontor.office.privacy.queries.statements import agreeing

__all__ = ["Asked", "agreeing", "ask"]
