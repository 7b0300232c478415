"""Statements, cancellations and payments as people enter them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField, DayField
from kontor.kernel.wording import money
from kontor.office.books.formats.xml_in import LIMIT
from kontor.office.books.models import Seller
from kontor.office.books.queries.matching import OpenInvoice


class ReasonForm(forms.Form):
    """Why something is taken back; it stands in the record, for a cancellation on the document too."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class StatementForm(forms.Form):
    """A bank's file, and whose account it is."""

    seller = forms.ModelChoiceField(label=_("Account of"), queryset=Seller.objects.none(), empty_label=None)
    file = forms.FileField(label=_("Account statement"), help_text=_("XML as the bank gives it: camt.053, .02 or .08"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seller"].queryset = Seller.objects.order_by("name")  # type: ignore[attr-defined]

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large before a byte of it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LIMIT:
            raise forms.ValidationError(
                _("The file has more than %(most)s MB and is not read.") % {"most": LIMIT // 2**20}
            )
        return file


class ShareForm(forms.Form):
    """How much goes to which invoice."""

    invoice = forms.ChoiceField(label=_("Invoice"))
    amount = AmountField(label=_("Amount"), min_value=0)

    def __init__(self, *args: Any, invoices: Sequence[OpenInvoice] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invoice"].choices = invoice_choices(invoices)  # type: ignore[attr-defined]


ShareFormSet = forms.formset_factory(ShareForm, extra=0, can_delete=True, max_num=100, absolute_max=100)


class HandForm(forms.Form):
    """Money that a person saw come in otherwise than by a statement."""

    invoice = forms.ChoiceField(label=_("Invoice"))
    amount = AmountField(label=_("Amount"), min_value=0)
    paid_on = DayField(label=_("Paid on"))
    note = forms.CharField(
        label=_("How it was paid"), max_length=300, help_text=_("Such as cash at the counter, set off")
    )

    def __init__(self, *args: Any, invoices: Sequence[OpenInvoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invoice"].choices = invoice_choices(invoices)  # type: ignore[attr-defined]


def invoice_choices(invoices: Sequence[OpenInvoice]) -> list[tuple[str, str]]:
    """Return open invoices for a select: number, customer, what is open."""
    return [(str(each.id), f"{each.number} · {each.customer} · {money(each.open)}") for each in invoices]
