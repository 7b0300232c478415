"""What people at the desk fill in."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField
from kontor.kernel.wording import spoken
from kontor.office.desk.queries.coverage import COVERAGE, Exclusion
from kontor.office.desk.queries.staff import Colleague
from kontor.rulebook.fault_class import EFFECTS, Effect, FaultAnswers
from kontor.rulebook.ruling import Text

_FILE_BYTES = 20 * 10**6


def kept_files(form: forms.Form) -> list[tuple[str, str, bytes]]:
    """Return the file that was added, as actions take files; none where there is none."""
    file = form.cleaned_data.get("file")
    if not file:
        return []
    return [(file.name, file.content_type or "application/octet-stream", file.read())]


class FileForm(forms.Form):
    """Something with a file, if any."""

    file = forms.FileField(label=_("File"), required=False)

    def clean_file(self) -> Any:
        """Refuse what no mail would carry."""
        file = self.cleaned_data["file"]
        if file and file.size > _FILE_BYTES:
            raise forms.ValidationError(_("A file may have up to 20 MB."))
        return file


class ReplyForm(FileForm):
    """An answer to the customer, and what it does to the clocks."""

    text = forms.CharField(label=_("Answer to the customer"), widget=forms.Textarea(attrs={"rows": 5}))
    asks = forms.CharField(
        label=_("What is the customer asked?"), max_length=300, required=False,
        help_text=_("While the customer has the word, recovery and repair stand still; reaction and answer never do."),
    )  # fmt: skip
    begins = forms.BooleanField(label=_("Work on it has begun"), required=False)


class NoteForm(forms.Form):
    """An internal note."""

    text = forms.CharField(label=_("Internal note"), widget=forms.Textarea(attrs={"rows": 3}))
    mentions = forms.MultipleChoiceField(label=_("Call"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: Iterable[Colleague], **given: Any) -> None:
        super().__init__(*args, **given)
        self.people = {str(each.id): each for each in people}
        self.fields["mentions"].choices = [(key, each.name) for key, each in self.people.items()]  # type: ignore[attr-defined]

    def called(self) -> list[tuple[Any, str]]:
        """Return who is mentioned: id and address."""
        return [(self.people[key].id, self.people[key].email) for key in self.cleaned_data["mentions"]]


class ClassForm(forms.Form):
    """The contract's questions about a fault."""

    effect = forms.ChoiceField(label=_("What still works?"), widget=forms.RadioSelect)
    workaround = forms.BooleanField(label=_("There is a way round"), required=False)
    reproducible = forms.TypedChoiceField(
        label=_("Could it be reproduced?"), required=False, empty_value=None, coerce=lambda word: word == "yes",
        choices=[("", _("nobody tried yet")), ("yes", _("yes")), ("no", _("no"))],
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["effect"].choices = [(each.value, spoken(words)) for each, words in EFFECTS.items()]  # type: ignore[attr-defined]

    def answers(self) -> FaultAnswers:
        """Return what was answered, as the rulebook reads it."""
        given = self.cleaned_data
        return FaultAnswers(Effect(given["effect"]), given["workaround"], given["reproducible"])


class TriageForm(forms.Form):
    """Whether the contract covers it."""

    coverage = forms.ChoiceField(label=_("Does the contract cover it?"), widget=forms.RadioSelect)
    exclusion = forms.ChoiceField(label=_("Excluded as"), required=False)

    def __init__(self, *args: Any, exclusions: Mapping[str, Exclusion], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["coverage"].choices = [(key, spoken(words)) for key, words in COVERAGE.items()]  # type: ignore[attr-defined]
        listed = [(key, f"{spoken(each.text)} ({each.clause})") for key, each in exclusions.items()]
        self.fields["exclusion"].choices = [("", _("not excluded")), *listed]  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """How the customer was helped: one of the contract's forms, where it lists them, else in words."""

    how = forms.CharField(label=_("How was the customer helped?"), max_length=300)

    def __init__(self, *args: Any, forms_of_help: Mapping[str, Text], **given: Any) -> None:
        super().__init__(*args, **given)
        if forms_of_help:
            self.fields["how"] = forms.ChoiceField(
                label=_("How was the customer helped?"),
                choices=[(key, spoken(words)) for key, words in forms_of_help.items()],
            )


class AssignForm(forms.Form):
    """Who takes care of it."""

    person = forms.ChoiceField(label=_("Who takes care of it?"), required=False)

    def __init__(self, *args: Any, people: Iterable[Colleague], **given: Any) -> None:
        super().__init__(*args, **given)
        self.people = {str(each.id): each for each in people}
        named = [(key, each.name) for key, each in self.people.items()]
        self.fields["person"].choices = [("", _("nobody yet")), *named]  # type: ignore[attr-defined]


class TagForm(forms.Form):
    """Words to find it by, and who else gets the answers."""

    tags = forms.CharField(label=_("Words"), max_length=300, required=False, help_text=_("Separated by commas"))
    cc = forms.CharField(label=_("Copies to"), max_length=1000, required=False, help_text=_("Addresses, by commas"))

    def split(self) -> tuple[list[str], list[str]]:
        """Return the words and the addresses."""
        given = self.cleaned_data
        return given["tags"].split(","), given["cc"].split(",")


class JoinForm(forms.Form):
    """Another request of the same customer."""

    number = forms.IntegerField(label=_("Number of the other request"), min_value=1, max_value=999_999_999)


class StepForm(forms.Form):
    """A step with a word to it."""

    detail = forms.CharField(label=_("In words"), max_length=300, required=False)


class ProposalForm(forms.Form):
    """Work outside the contract, and its price."""

    told = forms.CharField(label=_("What would be done"), widget=forms.Textarea(attrs={"rows": 3}))
    minutes = forms.IntegerField(label=_("Expected minutes"), min_value=1, max_value=60_000)
    rate = AmountField(label=_("Price of an hour"), min_value=0)


class ChargeForm(forms.Form):
    """What the work took."""

    kind = forms.ChoiceField(label=_("Kind of work"))
    minutes = forms.IntegerField(label=_("Minutes it took"), min_value=1, max_value=60_000)

    def __init__(self, *args: Any, kinds: Mapping[str, Text], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(key, spoken(words)) for key, words in kinds.items()]  # type: ignore[attr-defined]


class TemplateForm(forms.Form):
    """A ready-made answer."""

    title = forms.CharField(label=_("Title"), max_length=100)
    text_de = forms.CharField(label=_("In German"), widget=forms.Textarea(attrs={"rows": 5}))
    text_en = forms.CharField(label=_("In English"), widget=forms.Textarea(attrs={"rows": 5}))
