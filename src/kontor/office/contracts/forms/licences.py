"""What staff and customers write down about licences: a reason, a site, a copy, a further offer."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField, DayField

Choices = Sequence[tuple[str, str]]


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class SiteForm(forms.Form):
    """A new site, or a network of a known one."""

    name = forms.CharField(label=_("Site"), max_length=200)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    network = forms.CharField(
        label=_("Network of its computers"), max_length=50, required=False, help_text=_("Such as 192.0.2.0/24")
    )


class CopyForm(forms.Form):
    """The backup copy that is kept."""

    product = forms.ChoiceField(label=_("Product"))
    label = forms.CharField(label=_("Where it is kept"), max_length=200)
    notices = forms.BooleanField(label=_("The copy carries every copyright notice of the original"))

    def __init__(self, *args: Any, choices: Choices, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["product"].choices = choices  # type: ignore[attr-defined]


class FurtherForm(forms.Form):
    """What every further offer says: an item of the list, and until when it can be accepted."""

    item = forms.ChoiceField(label=_("Item of the price list"))
    valid_until = DayField(label=_("Valid until"))

    def __init__(self, *args: Any, choices: Choices, more: Choices = (), **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["item"].choices = choices  # type: ignore[attr-defined]
        if "site" in self.fields:
            self.fields["site"].choices = more  # type: ignore[attr-defined]


class ComputersForm(FurtherForm):
    """More computers, or a further module."""

    quantity = forms.IntegerField(label=_("How many more"), min_value=1, initial=1)


class PerpetualForm(FurtherForm):
    """A licence for the whole protection period in place of one for a term."""

    site = forms.ChoiceField(label=_("Its one site"))


class MaintenanceForm(FurtherForm):
    """Maintenance from a later day on."""

    first = DayField(label=_("From"))
    months = forms.IntegerField(label=_("Months"), min_value=1, max_value=120, initial=12)


class SiteOfferForm(forms.Form):
    """What a reported site costs, and which one it takes the place of."""

    replaces = forms.ChoiceField(label=_("Takes the place of"), required=False)
    yearly = AmountField(label=_("More a year, net"), min_value=0)
    valid_until = DayField(label=_("Valid until"))

    def __init__(self, *args: Any, choices: Choices, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["replaces"].choices = [("", _("none, it is added")), *choices]  # type: ignore[attr-defined]
