"""What people enter about requests on their own data, and what those enter who answer them."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import MomentField
from kontor.rulebook.subject_request import GROUNDS

KINDS: Final = [
    ("access", _("A copy of the data about me")),
    ("rectification", _("Correct what is wrong")),
    ("erasure", _("Erase the data about me")),
    ("restriction", _("Restrict the use of the data about me")),
    ("portability", _("Take my data along to another provider")),
    ("objection", _("I object to a use of the data about me")),
    ("safeguards", _("A copy of what secures data that goes to third countries")),
]
_LONG = {"rows": 4}


def _text(label: Any, *, required: bool = True, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, widget=forms.Textarea(attrs=_LONG), max_length=5000, required=required, help_text=hint
    )


class AskForm(forms.Form):
    """What somebody asks who is signed in."""

    kind = forms.ChoiceField(label=_("What you ask for"), choices=KINDS, widget=forms.RadioSelect)
    words = _text(
        _("In your words"), required=False,
        hint=_("What is wrong, what you object to, or which data you mean."),
    )  # fmt: skip


class OpenAskForm(AskForm):
    """What somebody asks who is not signed in; a link to the address shows that it is theirs."""

    name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(
        label=_("Your e-mail address"), max_length=320,
        help_text=_("The one we know. We send it a link by which you confirm; we need no copy of an identity card."),
    )  # fmt: skip
    field_order = ("kind", "words", "name", "email")


class ReceivedForm(forms.Form):
    """A request that came by letter, telephone, mail or through somebody else."""

    kind = forms.ChoiceField(label=_("What is asked for"), choices=KINDS)
    way = forms.ChoiceField(
        label=_("How it came"),
        choices=[("mail", _("by e-mail")), ("paper", _("by letter or telephone")),
                 ("controller", _("through the controller"))],
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), max_length=320)
    language = forms.ChoiceField(label=_("Language"), choices=[("de", "Deutsch"), ("en", "English")])
    words = _text(_("What they wrote or said"))
    received_at = MomentField(label=_("When it reached us"), help_text=_("The month counts from this day."))


class WordsForm(forms.Form):
    """A step that takes words."""

    words = _text("")

    def __init__(self, *args: Any, label: Any, required: bool = True, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["words"].label, self.fields["words"].required = label, required


class SortForm(forms.Form):
    """What is really asked for."""

    kind = forms.ChoiceField(label=_("What is asked for"), choices=KINDS)


class AnswerForm(forms.Form):
    """The answer, and for a package what goes into it beyond what is certain."""

    words = _text(_("Your answer"))
    by_name = forms.BooleanField(
        label=_("Also rows that only name them"), required=False,
        help_text=_("Only after looking: two people may be called the same."),
    )  # fmt: skip
    released = forms.MultipleChoiceField(
        label=_("Texts that I have read: they tell nothing about others"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("Texts of the others are withheld in the file."),
    )  # fmt: skip

    def __init__(self, *args: Any, shared: Sequence[tuple[str, Any]], packed: bool, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["released"].choices = list(shared)  # type: ignore[attr-defined]
        if not shared:
            del self.fields["released"]
        if not packed:
            del self.fields["by_name"]


class RefuseForm(forms.Form):
    """The ground of a refusal, and the reason in words."""

    ground = forms.ChoiceField(label=_("Ground"))
    words = _text(_("Why, for this person"), hint=_("The right to complain is written below it by itself."))

    def __init__(self, *args: Any, language: str, **given: Any) -> None:
        super().__init__(*args, **given)
        grounds = [(key, f"{said.spoken(language)} ({clause})") for key, (said, clause) in GROUNDS.items()]
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]


class ForwardForm(forms.Form):
    """Whose data it is."""

    tenants = forms.MultipleChoiceField(label=_("Which customers"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, tenants: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["tenants"].choices = list(tenants)  # type: ignore[attr-defined]


class MarkForm(forms.Form):
    """For what the data is not used."""

    purpose = forms.ChoiceField(label=_("For what it is not used"))

    def __init__(self, *args: Any, purposes: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["purpose"].choices = list(purposes)  # type: ignore[attr-defined]
        self.fields["purpose"].required = False


class CorrectForm(forms.Form):
    """What is to stand there instead."""

    value = forms.CharField(label=_("What is to stand there"), max_length=2000, required=False)
