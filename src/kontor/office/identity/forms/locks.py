"""What is told when an access is locked, opened or reported."""

from django import forms
from django.utils.translation import get_language, gettext_lazy as _

from kontor.office.identity.actions.locks import LENGTH
from kontor.office.identity.queries.locks import REASONS


class LockForm(forms.Form):
    """Why a member's access is locked."""

    reason = forms.ChoiceField(label=_("Reason"), choices=())
    evidence = forms.CharField(
        label=_("What shows it"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LENGTH, required=False
    )

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        spoken = get_language() or "de"
        self.fields["reason"].choices = [(key, words.spoken(spoken[:2])) for key, words in REASONS.items()]  # type: ignore[attr-defined]


class LiftForm(forms.Form):
    """Why an access is opened again."""

    because = forms.CharField(label=_("Why it is opened again"), max_length=LENGTH)


class CaseForm(forms.Form):
    """What came of a case."""

    because = forms.CharField(label=_("What came of it"), max_length=300)


class ReportForm(forms.Form):
    """That an access may be in other hands, and whether it is locked at once."""

    lock_too = forms.BooleanField(
        label=_("Lock my access at once"),
        help_text=_("You are signed out everywhere. The administration opens it again when it is safe."),
        required=False,
        initial=True,
    )


class LostDeviceForm(forms.Form):
    """Where the link to the page of a lost device goes."""

    email = forms.EmailField(label=_("E-mail"), max_length=320)
