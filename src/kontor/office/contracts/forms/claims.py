"""What people tell about claims: payments, plans, reasons, the house's habits of reminding, rates."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from kontor.kernel.forms import AmountField, DayField
from kontor.rulebook.duration import Duration
from kontor.rulebook.instalments import Instalment
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError

_ORDERS: Final = (
    ("law", gettext_lazy("costs, then interest, then the invoice (by law)")),
    ("invoice", gettext_lazy("the invoice first, as the payer determined and we accept")),
)
_LAWS: Final = (("de", gettext_lazy("German law: base rate")), ("fr", gettext_lazy("French law: legal rate")))

_UNITS: Final = {
    "tag": "day", "tage": "days", "woche": "week", "wochen": "weeks", "werktag": "working day",
    "werktage": "working days", "monat": "month", "monate": "months",
}  # fmt: skip


class ReasonForm(forms.Form):
    """Why something is decided; it stands in the record."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class ClaimPaymentForm(forms.Form):
    """Money that came for a claim, and what it pays first."""

    amount = AmountField(label=gettext_lazy("Amount"), min_value=Decimal("0.01"))
    paid_on = DayField(label=gettext_lazy("Paid on"))
    order = forms.ChoiceField(label=gettext_lazy("Pays first"), choices=_ORDERS, initial="law")
    note = forms.CharField(label=gettext_lazy("How it was paid"), max_length=300)


class UntilForm(forms.Form):
    """Until when a letter asks to be paid."""

    pay_until = DayField(label=gettext_lazy("Payable until"))


class ReceivedForm(forms.Form):
    """When a letter arrived, and how that is known."""

    received_on = DayField(label=gettext_lazy("Received on"))
    proof = forms.CharField(label=gettext_lazy("Known by"), max_length=300)


class PlanForm(forms.Form):
    """Equal instalments from a first day on, or each written out as "2026-12-01 500.00"."""

    instalments = forms.CharField(
        label=gettext_lazy("Instalments"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line: day and amount, such as 2026-12-01 500.00"),
    )
    note = forms.CharField(label=gettext_lazy("Agreed how"), max_length=300)

    def clean_instalments(self) -> list[tuple[date, Decimal]]:
        """Read each line; the amounts may be written with a comma."""
        found = []
        for line in self.cleaned_data["instalments"].splitlines():
            if not line.strip():
                continue
            read = re.fullmatch(r"(\S+)\s+(\d+(?:[.,]\d{1,2})?)", line.strip(), re.ASCII)
            try:
                found.append((forms.DateField().clean(read[1]), Decimal(read[2].replace(",", "."))) if read else None)
            except forms.ValidationError:
                found.append(None)
            if found[-1] is None:
                raise forms.ValidationError(
                    _("“%(line)s” is no day and amount such as 2026-12-01 500.00.") % {"line": line.strip()}
                )
        return [each for each in found if each]

    def plan(self, currency: str) -> list[Instalment]:
        """Return what was told as the rulebook takes it."""
        return [Instalment(on, Money.parse(amount, currency)) for on, amount in self.cleaned_data["instalments"]]


class HabitForm(forms.Form):
    """How the house reminds under a pack."""

    pack = forms.ChoiceField(label=gettext_lazy("For contracts under"), required=False)
    steps = forms.CharField(
        label=gettext_lazy("Steps"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line: day of delay and time to pay, such as 7 7 days. None: nobody is reminded."),
    )
    tolerance = AmountField(
        label=gettext_lazy("Not reminded of up to"), min_value=Decimal("0.01"), initial=Decimal("0.01")
    )
    automatic = forms.BooleanField(label=gettext_lazy("The daily job sends by itself"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, packs: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pack"].choices = [("", _("all without a plan of their own")), *packs]  # type: ignore[attr-defined]

    def clean_steps(self) -> list[dict[str, Any]]:
        """Read each line as a day of delay and a duration."""
        found = []
        for line in self.cleaned_data["steps"].splitlines():
            words = line.split(maxsplit=1)
            if not words:
                continue
            try:
                step = {"days_late": int(words[0]), "pay_within": str(Duration.parse(_in_english(words[1])))}
            except (ValueError, IndexError, RefusalError) as wrong:
                raise forms.ValidationError(
                    _("“%(line)s” is no step such as 7 7 days.") % {"line": line.strip()}
                ) from wrong
            found.append(step)
        return found


def _in_english(duration: str) -> str:
    number, _space, unit = duration.partition(" ")
    return f"{number} {_UNITS.get(unit.strip().casefold(), unit)}"


class RateForm(forms.Form):
    """A legal rate for a half-year that no law pack has yet."""

    law = forms.ChoiceField(label=gettext_lazy("Law"), choices=_LAWS)
    first = DayField(label=gettext_lazy("From"))
    last = DayField(label=gettext_lazy("Last day"))
    percent = forms.DecimalField(label=gettext_lazy("Percent a year"), max_digits=9, decimal_places=6, localize=True)
    source = forms.CharField(label=gettext_lazy("Published in"), max_length=200)
    confirmed = forms.BooleanField(label=gettext_lazy("Compared with the announcement"), required=False)
