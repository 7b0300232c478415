"""What is said about a picture of an identity card or a licence."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.office.documents.models import Proof

KINDS: Final = ((Proof.Kind.LICENCE, _("Driving licence")), (Proof.Kind.IDENTITY, _("Identity card or passport")))


class ProofForm(forms.Form):
    """One picture; the page's script puts it in, so that no file field offers what lies in a gallery."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=KINDS)
    holder = forms.CharField(label=_("Whose is it?"), max_length=120)
    process = forms.CharField(
        label=_("What for?"), max_length=120, help_text=_("The process, such as “Test drive 114”.")
    )
    ticket = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    picture = forms.FileField(error_messages={"required": _("Take a picture first.")})
