"""What people enter about sub-processors, measures, agreements and instructions."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.kernel.wording import spoken
from kontor.office.privacy.actions.subprocessors import NewSubprocessor
from kontor.rulebook.transfers import GROUNDS

_LONG: Final = forms.Textarea(attrs={"rows": 3})


def _grounds() -> list[tuple[str, str]]:
    return [("", "—"), *((key, spoken(text)) for key, text in GROUNDS.items())]


class PlaceForm(forms.Form):
    """The contract with a sub-processor and what secures its place."""

    agreement_on = DayField(label=_("Contract of equal duties, signed on"), required=False)
    ground = forms.ChoiceField(label=_("Ground for a transfer to a third country"), required=False, choices=_grounds)
    ground_since = DayField(label=_("Ground holds since"), required=False)
    ground_until = DayField(label=_("Ground holds until"), required=False)
    ground_document = forms.FileField(
        label=_("Document of the ground (PDF)"), required=False, max_length=200,
        help_text=_("The decision, the clauses or the safeguards; whoever asks by mail gets a copy."),
    )  # fmt: skip
    instruction = forms.CharField(label=_("Documented instruction"), max_length=300, required=False)

    def clean_ground_document(self) -> bytes | None:
        """Return the file's content; None where none was chosen."""
        file = self.cleaned_data["ground_document"]
        return bytes(file.read()) if file else None


class SubprocessorForm(PlaceForm):
    """A new sub-processor."""

    name = forms.CharField(label=_("Name"), max_length=200)
    address = forms.CharField(label=_("Address"), max_length=300)
    country = forms.RegexField(label=_("Country of processing (two letters)"), regex=r"^[A-Z]{2}$")
    task_de = forms.CharField(label=_("Task, in German"), max_length=300)
    task_en = forms.CharField(label=_("Task, in English"), max_length=300)
    access = forms.CharField(label=_("Access to data"), max_length=300)
    safeguards = forms.CharField(label=_("Safeguards"), max_length=500, required=False)
    effective_on = DayField(label=_("Is to process from"))
    late_because = forms.CharField(label=_("Why it is announced late"), max_length=300, required=False)
    field_order = ("name", "address", "country", "task_de", "task_en", "access", "safeguards", "effective_on")

    def told(self) -> NewSubprocessor:
        """Return what was entered."""
        return NewSubprocessor(**self.cleaned_data)


class AnnexForm(forms.Form):
    """What annex II is to name besides what it does, and on what ground."""

    category = forms.ChoiceField(label=_("What annex II is to name besides"))
    reason = forms.CharField(label=_("What was agreed about it"), max_length=300)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **given: Any) -> None:
        """Offer what the annex does not name."""
        super().__init__(*args, **given)
        self.fields["category"].choices = choices  # type: ignore[attr-defined]


class ReviewForm(forms.Form):
    """That somebody looked at a measure."""

    owner = forms.CharField(label=_("Answers for it"), max_length=200)
    evidence = forms.CharField(
        label=_("Evidence"), widget=_LONG, help_text=_("What you saw, and where it is: concretely, not in general")
    )
    reviewed_on = DayField(label=_("Reviewed on"))
    review_by = DayField(label=_("Again by"))


class WordsForm(forms.Form):
    """Words that an action asks for; `label` says which."""

    words = forms.CharField(widget=_LONG, max_length=4000)

    def __init__(self, *args: Any, label: Any, **given: Any) -> None:
        """Ask for words under a label."""
        super().__init__(*args, **given)
        self.fields["words"].label = label
