"""Forms about paying: a mandate, and a claim that is set off."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField, DayField
from kontor.rulebook.set_off import Status


class MandateForm(forms.Form):
    """A SEPA mandate; the box is never ticked beforehand."""

    scheme = forms.ChoiceField(
        label=_("Scheme"),
        choices=(("CORE", _("Basic, with the right to a refund")), ("B2B", _("Business, without a refund"))),
        widget=forms.RadioSelect,
        initial="CORE",
    )
    holder = forms.CharField(label=_("Account holder"), max_length=70)
    iban = forms.CharField(label=_("IBAN"), max_length=42)
    signer = forms.CharField(label=_("Your name"), max_length=200)
    agreed = forms.BooleanField(label=_("We give this mandate; our name above is our signature."))
    hash_core = forms.CharField(widget=forms.HiddenInput, max_length=64)
    hash_b2b = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def shown_hash(self) -> bytes:
        """Return the hash of the text that was shown for the scheme chosen; b"" for what is no hash."""
        told = self.cleaned_data["hash_core" if self.cleaned_data["scheme"] == "CORE" else "hash_b2b"]
        try:
            return bytes.fromhex(told)
        except ValueError:
            return b""


class SetOffForm(forms.Form):
    """A claim of the customer's own that is to pay an invoice."""

    invoice = forms.ChoiceField(label=_("Invoice"))
    amount = AmountField(label=_("Amount"), min_value=0)
    status = forms.ChoiceField(
        label=_("What is known of the claim"),
        choices=(
            (Status.UNDISPUTED, _("undisputed: we accept it")),
            (Status.ADJUDICATED, _("adjudicated: a court awarded it for good")),
            (Status.RECIPROCAL, _("directly reciprocal: from the same exchange of services")),
            (Status.DISPUTED, _("disputed")),
        ),
        widget=forms.RadioSelect,
    )
    on = DayField(label=_("Declared on"))
    note = forms.CharField(label=_("Which claim, and where it is proved"), max_length=250)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invoice"].choices = choices  # type: ignore[attr-defined]
