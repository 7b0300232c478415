"""Writing a change of terms, and answering it."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.terms_changes import Draft
from kontor.office.contracts.queries.terms_changes import EFFECTIVE_DAY, LANGUAGES, names_day, required_of
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.conclusion import Change

_IN: Final = {"de": Text("Deutsch", "German"), "en": Text("Englisch", "English")}


class LaterText(forms.CharField):
    """A text that is needed, but not yet: what is missing is named when the change is announced."""

    def validate(self, value: str) -> None:
        """Take a draft as it is."""


class TermsChangeForm(forms.Form):
    """What changes, and the notice's own words on each element that the procedure demands, in both languages."""

    title_de = forms.CharField(label=_("Title, German"), max_length=200)
    title_en = forms.CharField(label=_("Title, English"), max_length=200)
    version = forms.CharField(
        label=_("Version of the terms"),
        max_length=30,
        help_text=_("What they are called from then on, such as 2027-01"),
    )
    named_on = DayField(label=_("Takes effect on"), required=False)
    file = forms.FileField(label=_("Changed terms"), required=False, help_text=_("PDF"))

    def __init__(self, *args: Any, kind: Change, **given: Any) -> None:
        super().__init__(*args, **given)
        self.elements = {key: label for key, label in required_of(kind).items() if key != EFFECTIVE_DAY}
        for key, label in self.elements.items():
            for language in LANGUAGES:
                self.fields[f"{key}_{language}"] = LaterText(
                    label=f"{spoken(label)}, {spoken(_IN[language])}",
                    widget=forms.Textarea(attrs={"rows": 4 if key == "new_rules" else 2}),
                )
        if names_day(kind):
            self.fields["named_on"].required = True
        else:
            del self.fields["named_on"]

    def draft(self, pack: str, kind: str) -> Draft:
        """Return what was filled in."""
        given = self.cleaned_data
        file = given["file"]
        return Draft(
            pack=pack,
            kind=kind,
            version=given["version"],
            title_de=given["title_de"],
            title_en=given["title_en"],
            told={language: {key: given[f"{key}_{language}"] for key in self.elements} for language in LANGUAGES},
            named_on=given.get("named_on"),
            file=file.read() if file else None,
        )


class ObjectionForm(forms.Form):
    """Why a customer objects, if it says so."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class UnreasonableForm(forms.Form):
    """Why going on without the change cannot be expected."""

    unreasonable = forms.CharField(
        label=_("Why going on without the change is unreasonable"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
