"""The legal basis of a questionnaire, and what secures a question of a special category."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from kontor.kernel.wording import spoken
from kontor.office.questionnaires.actions.lawful import Grounds
from kontor.office.questionnaires.formats.definition import BASES, CONSENT
from kontor.rulebook.ruling import Text


class BasisForm(forms.Form):
    """Why people may be asked, and what they agree to where that is their consent."""

    basis = forms.ChoiceField(label=_("Legal basis"))
    consent_de = forms.CharField(
        label=_("What they agree to, in German"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    consent_en = forms.CharField(
        label=_("The same in English"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["basis"].choices = [(key, spoken(told)) for key, told in BASES.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Demand the words of a consent in both languages."""
        told: dict[str, Any] = super().clean() or {}
        for name in ("consent_de", "consent_en") if told.get("basis") == CONSENT else ():
            if not told.get(name):
                self.add_error(name, gettext("Please say what people agree to."))
        return told

    def consent(self) -> Text:
        """Return what people agree to."""
        return Text(self.cleaned_data["consent_de"], self.cleaned_data["consent_en"])


class SafeguardForm(forms.Form):
    """Why a question of a special category is asked all the same."""

    justification = forms.CharField(
        label=_("Why it must be asked"), max_length=4000, widget=forms.Textarea({"rows": 3})
    )
    information = forms.CharField(label=_("How people are told"), max_length=4000, widget=forms.Textarea({"rows": 3}))
    consent = forms.CharField(
        label=_("How their explicit consent is had"), max_length=4000, widget=forms.Textarea({"rows": 3})
    )
    measures = forms.CharField(
        label=_("What protects the answers"), max_length=4000, widget=forms.Textarea({"rows": 3})
    )

    def grounds(self) -> Grounds:
        """Return what was written."""
        return Grounds(**self.cleaned_data)
