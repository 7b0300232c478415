"""Filing a customer's own terms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.office.contracts.actions.customer_terms import Attached


class CustomerTermsForm(forms.Form):
    """The paper, and the day it came."""

    received_on = DayField(label=_("Received on"))
    file = forms.FileField(label=_("The customer's terms"), help_text=_("PDF"))

    def attached(self) -> Attached:
        """Return what was filled in."""
        found = self.cleaned_data["file"]
        return Attached(content=found.read(), name=found.name, received_on=self.cleaned_data["received_on"])
