"""What people are instructed about, and their word that they were."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.office.identity.models import Instruction
from kontor.office.identity.queries.instruction_texts import FIRST

_LONGEST = 20_000
_AREA = forms.Textarea(attrs={"rows": 18})


class InstructionForm(forms.Form):
    """The text of a version, in both languages."""

    text_de = forms.CharField(label=_("Text in German"), max_length=_LONGEST, widget=_AREA)
    text_en = forms.CharField(label=_("Text in English"), max_length=_LONGEST, widget=_AREA)


class CommitmentForm(forms.Form):
    """Exactly which text was shown."""

    instruction = forms.UUIDField(widget=forms.HiddenInput)
    sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    def clean_sha256(self) -> bytes:
        """Return the hash as bytes."""
        return bytes.fromhex(self.cleaned_data["sha256"])


def instruction_form(topic: str, now: Instruction | None, data: Any = None) -> InstructionForm:
    """Return the form with the text that holds, or where none was published yet with what we propose."""
    first = FIRST[topic]
    initial = {"text_de": now.text_de if now else first.de, "text_en": now.text_en if now else first.en}
    return InstructionForm(data, initial=initial)
