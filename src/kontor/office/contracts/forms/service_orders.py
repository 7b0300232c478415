"""A service as it is offered, and as it was done."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField, DayField
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.service_orders import Result
from kontor.rulebook.ruling import Text
from kontor.rulebook.service_order import Every, Service


class ServiceForm(forms.Form):
    """What is offered, for how much, when and how often."""

    kind = forms.ChoiceField(label=_("Service"))
    told = forms.CharField(label=_("What is done"), max_length=300)
    quantity = forms.DecimalField(label=_("Quantity each time"), min_value=0, max_digits=12, decimal_places=3)
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[("HUR", _("Hours")), ("DAY", _("Days")), ("C62", _("Flat rate"))]
    )
    price = AmountField(label=_("Price of a unit"), min_value=0, places=6)
    first_on = DayField(label=_("First on"))
    every = forms.ChoiceField(label=_("How often"))
    times = forms.IntegerField(label=_("Number of times"), min_value=1, max_value=120, initial=1)
    valid_until = DayField(label=_("Offer valid until"))

    def __init__(self, *args: Any, kinds: Mapping[str, Text], currency: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(key, spoken(words)) for key, words in kinds.items()]  # type: ignore[attr-defined]
        self.fields["every"].choices = [(each.value, spoken(each.spoken)) for each in Every]  # type: ignore[attr-defined]
        self.fields["price"] = AmountField(label=_("Price of a unit"), min_value=0, places=6, currency=currency)

    def service(self) -> Service:
        """Return what was filled in, as the rulebook reads it."""
        given = self.cleaned_data
        return Service(
            given["kind"], given["quantity"], given["price"], given["first_on"], Every(given["every"]), given["times"]
        )


class DoneForm(forms.Form):
    """The day a service was done, a remark, and what came of it."""

    done_on = DayField(label=_("Done on"))
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)
    file = forms.FileField(label=_("Result"), required=False, help_text=_("Such as the converted file"))

    def result(self) -> Result | None:
        """Return the file that came of it, None without one."""
        file = self.cleaned_data["file"]
        if not file:
            return None
        kind = file.content_type or "application/octet-stream"
        return Result(name=file.name, media_type=kind, content=file.read())
