"""That an invoice sent by post was received, and what proves it, as people enter it."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.actions.blobs import NewFile
from kontor.kernel.forms import DayField
from kontor.kernel.wording import spoken
from kontor.office.books.actions.postal_receipts import KNOWN_BY, PostalProof
from kontor.office.books.models import PostalReceipt

_KINDS: Final = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class PostalReceiptForm(forms.Form):
    """The day, the kind of proof, and the proof itself: a number, a paper, or both."""

    received_on = DayField(label=_("Received on"))
    kind = forms.ChoiceField(label=_("How it was delivered"))
    tracking = forms.CharField(
        label=_("Tracking number"), max_length=100, required=False, help_text=_("Of the item or the acknowledgement")
    )
    file = forms.FileField(
        label=_("Proof"), required=False, help_text=_("Return receipt or acknowledgement, as PDF or picture")
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(kind.value, spoken(text)) for kind, text in KNOWN_BY.items()]  # type: ignore[attr-defined]

    def clean_file(self) -> NewFile | None:
        """Return the paper; only what a browser shows safely is kept."""
        found = self.cleaned_data["file"]
        if not found:
            return None
        content = found.read()
        for start, media_type in _KINDS.items():
            if content.startswith(start):
                return NewFile(data=content, name=found.name, media_type=media_type)
        raise forms.ValidationError(_("The file is neither a PDF nor a picture."))

    def proof(self) -> PostalProof:
        """Return what was filled in."""
        told = self.cleaned_data
        return PostalProof(
            kind=PostalReceipt.Kind(told["kind"]),
            received_on=told["received_on"],
            tracking=told["tracking"],
            file=told["file"],
        )
