"""Work done beside a contract, and a reduction of its fee, as staff write them down."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField, DayField
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.corrections import Logged
from kontor.rulebook.extra_work import Work
from kontor.rulebook.fee_reduction import Asked
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text


class WorkForm(forms.Form):
    """What was done, when, how long, at which rate, and what it rests on."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Work"))
    on = DayField(label=_("Done on"))
    minutes = forms.IntegerField(label=_("Lasted"), min_value=1, max_value=60 * 24 * 31)
    rate = AmountField(label=_("Rate for an hour"), min_value=0, places=6)
    rate_source = forms.CharField(
        label=_("Where the rate comes from"),
        max_length=200,
        help_text=_("The price list and its day, or what was agreed"),
    )
    request = forms.CharField(label=_("Number of the request"), max_length=50, required=False)
    finding = forms.CharField(label=_("What was found"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    recognisable = forms.BooleanField(
        label=_("The customer could have recognised that there was no defect"), required=False
    )
    approved_by = forms.CharField(label=_("Approved by"), max_length=200, required=False)
    approved_on = DayField(label=_("Approved on"), required=False)
    offered_in = forms.CharField(label=_("Number of the signed offer"), max_length=50, required=False)

    def __init__(self, *args: Any, kinds: Mapping[str, Text], currency: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(key, spoken(words)) for key, words in kinds.items()]  # type: ignore[attr-defined]
        self.fields["rate"] = AmountField(label=_("Rate for an hour"), min_value=0, places=6, currency=currency)
        self.fields["key"].initial = uuid.uuid4()

    def told(self) -> Logged:
        """Return what was filled in."""
        given = self.cleaned_data
        return Logged(
            key=str(given["key"]),
            work=Work(
                kind=given["kind"],
                on=given["on"],
                minutes=given["minutes"],
                rate=given["rate"],
                recognisable=given["recognisable"],
                approved_on=given["approved_on"],
                offered_in=given["offered_in"],
            ),
            rate_source=given["rate_source"],
            request=given["request"],
            finding=given["finding"],
            approved_by=given["approved_by"],
        )


class ReductionForm(forms.Form):
    """Which part, which month, how much, and the second period that passed."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    position = forms.ChoiceField(label=_("Defective part"))
    month = forms.DateField(
        label=_("Month"), input_formats=["%Y-%m"], widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"})
    )
    amount = AmountField(label=_("Reduction asked for"), min_value=0)
    second_period_until = DayField(
        label=_("Second period set in writing ended on"),
        required=False,
        help_text=_("Without a second period that has passed the fee is not reduced."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, parts: Sequence[tuple[str, str]], currency: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.currency = currency
        self.fields["position"].choices = parts  # type: ignore[attr-defined]
        self.fields["amount"] = AmountField(label=_("Reduction asked for"), min_value=0, currency=currency)
        self.fields["key"].initial = uuid.uuid4()

    def told(self) -> Asked:
        """Return what is asked for."""
        given = self.cleaned_data
        month: date = given["month"]
        return Asked(month.replace(day=1), Money.parse(given["amount"], self.currency), given["second_period_until"])
