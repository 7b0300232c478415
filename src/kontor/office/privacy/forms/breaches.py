"""What people enter about a breach."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import MomentField
from kontor.office.privacy.models import Breach

_LONG = forms.Textarea(attrs={"rows": 3})


class BreachForm(forms.Form):
    """That a breach became known."""

    title = forms.CharField(label=_("What happened, in a few words"), max_length=200)
    aware_at = MomentField(
        label=_("When somebody here knew"), help_text=_("From this moment the 72 hours run, also at the weekend.")
    )
    happened_from = MomentField(label=_("Since when it happened, if known"), required=False)
    contact_name = forms.CharField(label=_("Whom those concerned may ask"), max_length=200, required=False)
    contact_email = forms.EmailField(label=_("E-mail"), max_length=320, required=False)
    contact_phone = forms.CharField(label=_("Telephone"), max_length=50, required=False)


class FactsForm(forms.Form):
    """What is known by now; a part left empty follows later."""

    nature = forms.CharField(
        label=_("Nature of the breach"),
        help_text=_("With categories and approximate numbers of persons and records."),
        widget=_LONG,
        required=False,
    )
    consequences = forms.CharField(label=_("Likely consequences"), widget=_LONG, required=False)
    measures = forms.CharField(label=_("Measures taken or proposed"), widget=_LONG, required=False)


class RiskForm(forms.Form):
    """How the risk for the people is judged."""

    risk = forms.ChoiceField(
        label=_("Risk for the people"),
        choices=[
            (Breach.Risk.UNKNOWN, _("not judged yet")),
            (Breach.Risk.UNLIKELY, _("unlikely")),
            (Breach.Risk.RISK, _("there is one")),
            (Breach.Risk.HIGH, _("high")),
        ],
    )
    because = forms.CharField(label=_("Why"), widget=_LONG)


class ContactForm(forms.Form):
    """Whom those who are told may ask."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), max_length=320, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=50, required=False)


class TellControllersForm(forms.Form):
    """Which customers are told."""

    tenants = forms.MultipleChoiceField(label=_("Which customers"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, tenants: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["tenants"].choices = list(tenants)  # type: ignore[attr-defined]


class TellForm(forms.Form):
    """That somebody outside is told."""

    to = forms.ChoiceField(
        label=_("Who is told"),
        choices=[("authority", _("the supervisory authority")), ("persons", _("the people concerned"))],
    )
    recipient = forms.CharField(label=_("Name of the authority, or who the people are"), max_length=200)
    late_because = forms.CharField(
        label=_("Why it comes after the 72 hours, if it does"), max_length=1000, required=False
    )


class CloseForm(forms.Form):
    """That nothing is left to do."""

    because = forms.CharField(label=_("Why nothing is left to do"), widget=_LONG)
