"""What people fill in about defects, problems and what a request belongs to."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField, DayField
from kontor.kernel.wording import money, spoken
from kontor.office.desk.models import Defect
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text


class DefectForm(forms.Form):
    """A notice of a defect."""

    position = forms.ChoiceField(label=_("Defective part"))
    deviation = forms.CharField(
        label=_("How it differs from what was described"), widget=forms.Textarea(attrs={"rows": 3})
    )
    noticed_on = DayField(label=_("Noticed on"))
    reported_on = DayField(label=_("Told in text form on"))
    interfered = forms.BooleanField(
        label=_("The customer modified it, or used it against the documentation"), required=False
    )

    def __init__(self, *args: Any, parts: Iterable[tuple[str, str, Money]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["position"].choices = [(key, f"{name}, {money(fee)}") for key, name, fee in parts]  # type: ignore[attr-defined]


class LateForm(forms.Form):
    """What is decided of a late notice."""

    late = forms.ChoiceField(
        label=_("The notice came late. Are the claims excluded?"), widget=forms.RadioSelect,
        choices=[(Defect.Late.ADMITTED, _("no, they stand")), (Defect.Late.EXCLUDED, _("yes, they are excluded"))],
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=300)


class ProofForm(forms.Form):
    """Why an interference had no effect."""

    proof = forms.CharField(label=_("Proof that it had no effect"), widget=forms.Textarea(attrs={"rows": 2}))


class RemedyForm(forms.Form):
    """How the defect is remedied."""

    kind = forms.ChoiceField(label=_("Remedy"))
    words = forms.CharField(label=_("What the customer is told"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, remedies: Mapping[str, Text], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(key, spoken(words)) for key, words in remedies.items()]  # type: ignore[attr-defined]


class PeriodForm(forms.Form):
    """A period that the customer set in writing."""

    set_on = DayField(label=_("Set on"))
    until = DayField(label=_("Ends on"))
    words = forms.CharField(label=_("What the customer wrote"), widget=forms.Textarea(attrs={"rows": 2}))


class MendForm(forms.Form):
    """When the defect was gone."""

    on = DayField(label=_("Gone since"))


class DefectReductionForm(forms.Form):
    """By how much a month's fee is reduced."""

    month = forms.DateField(
        label=_("Month"), input_formats=["%Y-%m"], widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"})
    )
    amount = AmountField(label=_("Reduction asked for"), min_value=0)


class InstructionForm(forms.Form):
    """Whether instructions are reasonable."""

    reasonable = forms.TypedChoiceField(
        label=_("Can you reasonably work that way?"), widget=forms.RadioSelect, coerce=lambda word: word == "yes",
        choices=[("yes", _("yes")), ("no", _("no"))],
    )  # fmt: skip
    words = forms.CharField(label=_("In words"), max_length=1000, required=False)


class LinkForm(forms.Form):
    """What a request belongs to."""

    target = forms.ChoiceField(label=_("Outage, problem or release"))

    def __init__(self, *args: Any, targets: Mapping[str, str], **given: Any) -> None:
        super().__init__(*args, **given)
        kinds = {"OUTAGE": _("Outage"), "PROBLEM": _("Problem"), "RELEASE": _("Release")}
        listed = [(key, f"{kinds[key.partition(':')[0]]}: {words}") for key, words in targets.items()]
        self.fields["target"].choices = listed  # type: ignore[attr-defined]


class ProblemForm(forms.Form):
    """What lies behind several requests."""

    title = forms.CharField(label=_("Problem"), max_length=200)
    cause = forms.CharField(label=_("Cause"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    workaround = forms.CharField(label=_("Workaround"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    release = forms.CharField(label=_("Release that mends it"), max_length=60, required=False)
    solved = forms.BooleanField(label=_("Solved"), required=False)
