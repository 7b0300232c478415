"""The library's forms where they say more here."""

from allauth.account.forms import ResetPasswordKeyForm
from django.db.models.functions import Now

from kontor.office.identity.queries.passwords import Demands, demands_on


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password of somebody who came by a link in a mail, with what is demanded of it."""

    def demands(self) -> Demands:
        """Return what the page says beside the field."""
        return demands_on(self.user.pk, at=Now()) if self.user else Demands()
