"""Until when is billed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField


class BillingForm(forms.Form):
    """The last day of issue that a run considers."""

    until = DayField(label=_("Everything that is to be issued until"))
