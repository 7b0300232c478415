"""What of an invoice is given back, and what a credit is set off against, as people enter it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField
from kontor.kernel.wording import money
from kontor.office.books.forms.payments import invoice_choices
from kontor.office.books.models import InvoiceLine
from kontor.office.books.queries.credits import Remainder
from kontor.office.books.queries.matching import OpenInvoice
from kontor.rulebook.money import Money


class CreditForm(forms.Form):
    """A net amount for each position that something is left of, and the reason that the customer reads."""

    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, lines: Sequence[InvoiceLine], left: Remainder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = {line.position: left.nets[line.position] for line in lines if left.nets[line.position].minor > 0}
        for line in lines:
            if line.position in self.left:
                self.fields[f"position_{line.position}"] = AmountField(
                    label=line.name,
                    required=False,
                    min_value=0,
                    help_text=_("%(left)s net is left") % {"left": money(self.left[line.position])},
                )

    @property
    def amounts(self) -> dict[int, Money]:
        """What was entered, by position; nothing for a position left empty or at nought."""
        entered = {place: self.cleaned_data.get(f"position_{place}") for place in self.left}
        return {place: Money.parse(amount, self.left[place].currency) for place, amount in entered.items() if amount}

    def clean(self) -> dict[str, Any]:
        """Something is given back, and of no position more than is left."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.amounts:
            raise forms.ValidationError(_("Enter the amount that is given back."))
        for place, amount in self.amounts.items():
            if amount.minor > self.left[place].minor:
                self.add_error(f"position_{place}", _("Only %(left)s net is left.") % {"left": money(self.left[place])})
        return given

    @property
    def positions(self) -> list[Any]:
        """The fields of the positions, to be drawn."""
        return [self[f"position_{place}"] for place in self.left]


class SetOffForm(forms.Form):
    """An open invoice of the same customer, and how much of the credit settles it."""

    invoice = forms.ChoiceField(label=_("Invoice"))
    amount = AmountField(label=_("Amount"), min_value=0)

    def __init__(self, *args: Any, invoices: Sequence[OpenInvoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invoice"].choices = invoice_choices(invoices)  # type: ignore[attr-defined]
