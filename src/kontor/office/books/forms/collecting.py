"""Forms about direct debits and refunds."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField
from kontor.kernel.wording import spoken
from kontor.office.books.actions.refunding import Payout
from kontor.office.books.formats.iban import WrongIbanError, checked_iban
from kontor.office.books.models import Refund
from kontor.rulebook.money import Money


class CodeForm(forms.Form):
    """Why the bank refused a debit."""

    code = forms.RegexField(
        r"^[A-Z]{2}[0-9]{2}$", label=_("The bank's reason"), help_text=_("Four signs, such as AC04 or AM04")
    )


class RevokeForm(forms.Form):
    """Who revoked a mandate."""

    by = forms.CharField(label=_("Revoked by"), max_length=200)


class AssignForm(forms.Form):
    """What is left of a payment, for another invoice of the same customer."""

    invoice = forms.ChoiceField(label=_("Invoice"))
    amount = AmountField(label=_("Amount"), min_value=0)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invoice"].choices = choices  # type: ignore[attr-defined]


class RefundForm(forms.Form):
    """Money that goes back to the customer."""

    amount = AmountField(label=_("Amount"), min_value=0)
    way = forms.ChoiceField(
        label=_("How"),
        choices=((Refund.Way.FILE, _("with a transfer file")), (Refund.Way.HAND, _("was done by hand"))),
        widget=forms.RadioSelect,
        initial=Refund.Way.FILE,
    )
    holder = forms.CharField(label=_("Account holder"), max_length=70, required=False)
    iban = forms.CharField(label=_("IBAN"), max_length=42, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=140, help_text=_("Stands on the customer's statement."))

    def clean(self) -> dict[str, Any]:
        """A file needs an account that a transfer reaches."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("way") == Refund.Way.FILE:
            if not given.get("holder"):
                self.add_error("holder", _("A transfer needs the account holder."))
            try:
                given["iban"] = checked_iban(given.get("iban") or "").number
            except WrongIbanError as wrong:
                self.add_error("iban", spoken(wrong.text))
        return given

    def payout(self, currency: str) -> Payout:
        """Return what was filled in, in the currency of what is paid back."""
        told = self.cleaned_data
        return Payout(
            way=Refund.Way(told["way"]),
            amount=Money.parse(told["amount"], currency),
            reason=told["reason"],
            holder=told["holder"],
            iban=told["iban"],
        )


class PayBackForm(forms.Form):
    """Money that goes back the way it came, through the processor that took it."""

    amount = AmountField(label=_("Amount"), min_value=0)
    reason = forms.CharField(label=_("Reason"), max_length=140, help_text=_("Stands in the books and in the record."))
