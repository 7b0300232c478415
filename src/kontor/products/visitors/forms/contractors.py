"""What people type about service companies, their people and their proofs."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.kernel.wording import spoken
from kontor.products.visitors.forms.inviting import LANGUAGES
from kontor.products.visitors.models import Contractor, ContractorPerson, ProofKind
from kontor.rulebook.ruling import Text

GRADES: Final = (("A", _("Type A")), ("B", _("Type B")), ("C", _("Type C")))


class ContractorForm(forms.Form):
    """A service company."""

    name = forms.CharField(label=_("Company"), max_length=200)
    grade = forms.ChoiceField(label=_("Type"), choices=GRADES)
    email = forms.EmailField(
        label=_("E-mail"), max_length=320, required=False, help_text=_("Reminders of proofs that run out go there.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    blocked = forms.CharField(
        label=_("Why nobody of it comes in"), max_length=300, required=False,
        help_text=_("Left empty, it is not blocked. Whoever comes is told this reason."),
    )  # fmt: skip


class SentForm(forms.Form):
    """Somebody whom a service company sends."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), max_length=320, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=50, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class ProofForm(forms.Form):
    """A proof that was shown."""

    kind = forms.ModelChoiceField(label=_("Proof"), queryset=ProofKind.objects.none())
    person = forms.ModelChoiceField(
        label=_("Whose"), queryset=ContractorPerson.objects.none(), required=False, empty_label=_("the company’s")
    )
    first_day = DayField(label=_("Good from"))
    last_day = DayField(
        label=_("Good until"), required=False, help_text=_("Left empty, the proof’s own number of months counts.")
    )
    note = forms.CharField(label=_("What was looked at"), max_length=300, required=False)

    def __init__(self, contractor: Contractor, *given: Any, **named: Any) -> None:
        """Offer what the company's type must show, and its people."""
        super().__init__(*given, **named)
        kinds = ProofKind.objects.filter(archived_at=None, types__contains=[contractor.grade]).order_by("title_de")
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["kind"].label_from_instance = lambda row: spoken(Text(row.title_de, row.title_en))  # type: ignore[attr-defined]
        self.fields["person"].queryset = contractor.people.filter(archived_at=None).order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A proof of a person names whose it is; one of the company names nobody."""
        told: dict[str, Any] = super().clean() or {}
        kind = told.get("kind")
        if kind is not None and (kind.of == ProofKind.Of.PERSON) != bool(told.get("person")):
            self.add_error("person", _("Say whose this proof is; one of the company names nobody."))
        return told


class KindForm(forms.Form):
    """A proof that types must show."""

    title_de = forms.CharField(label=_("German title"), max_length=120)
    title_en = forms.CharField(label=_("English title"), max_length=120)
    of = forms.ChoiceField(
        label=_("Who shows it"),
        choices=((ProofKind.Of.COMPANY, _("the company")), (ProofKind.Of.PERSON, _("each person it sends"))),
    )
    types = forms.MultipleChoiceField(label=_("For"), choices=GRADES, widget=forms.CheckboxSelectMultiple)
    valid_months = forms.IntegerField(
        label=_("Holds for months"), min_value=1, max_value=120, required=False,
        help_text=_("Left empty, it does not run out by itself."),
    )  # fmt: skip
    warn_days = forms.IntegerField(label=_("Remind so many days before"), min_value=1, max_value=365, initial=30)
