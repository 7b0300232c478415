"""What is entered where an outage lasts so long that a fee is reduced."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField, DayField


class PeriodForm(forms.Form):
    """A period that the customer set in writing."""

    received_on = DayField(label=_("Set on"))
    until = DayField(label=_("Last day"))
    proof = forms.CharField(label=_("Where the writing lies"), max_length=300)


class ReductionForm(forms.Form):
    """By how much a part's fee is reduced for a month."""

    position = forms.ChoiceField(label=_("Part of the contract"))
    month = forms.DateField(
        label=_("Month"), input_formats=["%Y-%m"], widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"})
    )
    amount = AmountField(label=_("Amount"))

    def __init__(self, *args: Any, parts: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["position"].choices = parts  # type: ignore[attr-defined]
