"""What a tenant's administrator demands of those who come in."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import ChoiceWithHint
from kontor.kernel.models import AccessPolicy
from kontor.office.identity.actions.policy import SHORTEST_IDLE
from kontor.office.identity.queries.passwords import FLOOR

_LONGEST: Final = 128  # characters; the largest number of each field is only against typing errors
_DAYS: Final = 3650
_MINUTES: Final = 14 * 24 * 60  # the session's own cookie ends then
_HOURS: Final = 14 * 24
_NO_LIMIT = _("Empty: no limit.")


def _number(label: Any, hint: Any, *, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=hint, min_value=least, max_value=most, required=False)


class PolicyForm(forms.Form):
    """Passwords, sessions, second factor, ways in, and whom to call."""

    password_length = _number(
        _("Shortest password"), _("Empty: 10 characters, as everywhere here."), least=FLOOR, most=_LONGEST
    )
    password_special = forms.BooleanField(label=_("A special character"), required=False)
    password_digit = forms.BooleanField(label=_("A digit"), required=False)
    password_mixed = forms.BooleanField(label=_("Capital and small letters"), required=False)
    password_days = _number(_("Passwords are changed after"), _("Empty: they may stay."), least=1, most=_DAYS)
    second_factor = ChoiceWithHint(
        label=_("Second factor"),
        options=(
            (AccessPolicy.SecondFactor.OFF, _("Off"), _("Nobody is asked for one")),
            (AccessPolicy.SecondFactor.OPTIONAL, _("Optional"), _("Everybody may set one up")),
            (AccessPolicy.SecondFactor.MANDATORY, _("Mandatory"), _("Without one there is nothing but its set-up")),
        ),
    )
    authenticator_apps = forms.CharField(
        label=_("Admissible authenticator apps"),
        help_text=_("One in each line. Empty: any."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    idle_minutes = _number(_("Signed out after so long without use"), _NO_LIMIT, least=SHORTEST_IDLE, most=_MINUTES)
    absolute_hours = _number(_("Signed out in any case after"), _NO_LIMIT, least=1, most=_HOURS)
    contact_name = forms.CharField(label=_("Name"), max_length=200)
    contact_phone = forms.CharField(label=_("Telephone"), max_length=50)
    contact_email = forms.EmailField(label=_("E-mail"), max_length=320)

    def clean_authenticator_apps(self) -> list[str]:
        """Read one app from each line."""
        lines = [line.strip() for line in self.cleaned_data["authenticator_apps"].splitlines()]
        apps = list(dict.fromkeys(line for line in lines if line))
        if any(len(app) > 60 for app in apps):  # noqa: PLR2004  the column's length
            raise forms.ValidationError(_("The name of an app has 60 characters at most."))
        return apps


def policy_form(policy: AccessPolicy, data: Any = None) -> PolicyForm:
    """Return the form as it stands for a policy."""
    initial = {name: getattr(policy, name) for name in PolicyForm.base_fields}
    return PolicyForm(data, initial=initial | {"authenticator_apps": "\n".join(policy.authenticator_apps)})
