"""What people fill in about sessions, visits, solutions to try and faults."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField, MomentField
from kontor.office.desk.models import HelpPlan


class PlanForm(forms.Form):
    """A session from afar or a visit."""

    told = forms.CharField(label=_("What the customer is told"), widget=forms.Textarea(attrs={"rows": 3}))
    at = MomentField(label=_("When it is to happen"))
    minutes = forms.IntegerField(label=_("Expected minutes"), min_value=1, max_value=60_000)
    rate = AmountField(label=_("Price of an hour"), min_value=0)

    def __init__(self, *args: Any, kind: str, **given: Any) -> None:
        super().__init__(*args, **given)
        if kind == HelpPlan.Kind.REMOTE:
            del self.fields["minutes"], self.fields["rate"]


class ConsentForm(forms.Form):
    """Who consented by word of mouth."""

    who = forms.CharField(label=_("Who consented?"), max_length=200)


class GivenForm(forms.Form):
    """What became of a session or a visit."""

    began = MomentField(label=_("Began"))
    ended = MomentField(label=_("Ended"))
    words = forms.CharField(label=_("What was done"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    tool_missing = forms.BooleanField(label=_("The tool for remote access was missing or changed"), required=False)
    offer = forms.CharField(
        label=_("Number of the signed offer by which travel is charged"), max_length=50, required=False
    )

    def __init__(self, *args: Any, kind: str, **given: Any) -> None:
        super().__init__(*args, **given)
        del self.fields["offer" if kind == HelpPlan.Kind.REMOTE else "tool_missing"]


class SolutionForm(forms.Form):
    """A solution to try."""

    text = forms.CharField(label=_("What the customer is to try"), widget=forms.Textarea(attrs={"rows": 4}))
    course = forms.URLField(label=_("Course that is recommended"), required=False, assume_scheme="https")


class MoreForm(forms.Form):
    """What may make additional work necessary."""

    reason = forms.CharField(label=_("Why additional work may be necessary"), max_length=1000)
    estimate = forms.CharField(label=_("What it is expected to take"), max_length=300)


class FaultForm(forms.Form):
    """A fault in the customer's own log."""

    happened = MomentField(label=_("When it happened"))
    module = forms.CharField(label=_("Part that failed"), max_length=100)
    text = forms.CharField(
        label=_("What happened, and under which circumstances?"), widget=forms.Textarea(attrs={"rows": 4})
    )


class AddForm(forms.Form):
    """What is added to a fault."""

    text = forms.CharField(label=_("Addition"), widget=forms.Textarea(attrs={"rows": 3}))
