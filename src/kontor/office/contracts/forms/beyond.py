"""Limits for requests, decisions about overload and users, and wishes out of scope."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.wording import spoken
from kontor.rulebook.overload import Threshold
from kontor.rulebook.ruling import Text


class LimitForm(forms.Form):
    """What each customer may send, and from when on more of it opens a case."""

    per_minute = forms.IntegerField(label=_("Requests of a customer in a minute"), min_value=1, max_value=10**6)
    per_client = forms.IntegerField(label=_("Of one person or one key"), min_value=1, max_value=10**6)
    minutes = forms.IntegerField(label=_("Minutes beyond a limit that open a case"), min_value=1, max_value=1440)
    within_minutes = forms.IntegerField(label=_("Within how many minutes"), min_value=1, max_value=10080)
    decide_days = forms.IntegerField(label=_("Days for the decision"), min_value=1, max_value=366)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def threshold(self) -> Threshold:
        """Return from when on it is called deliberate."""
        given = self.cleaned_data
        return Threshold(
            minutes=given["minutes"], within_minutes=given["within_minutes"], decide_days=given["decide_days"]
        )


class DecisionForm(forms.Form):
    """How a case was decided, and why."""

    outcome = forms.ChoiceField(label=_("Outcome"))
    note = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, outcomes: Mapping[str, Text], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["outcome"].choices = [(key, spoken(words)) for key, words in outcomes.items()]  # type: ignore[attr-defined]


class WishForm(forms.Form):
    """Something that the contract does not include."""

    kind = forms.ChoiceField(label=_("What it is about"))
    told = forms.CharField(label=_("What is asked for"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, kinds: Mapping[str, Text], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(key, spoken(words)) for key, words in kinds.items()]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What becomes of a wish: an offer, the work, or neither."""

    what = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[
            ("offer", _("It is answered by an offer")),
            ("done", _("The work was done")),
            ("decline", _("No offer")),
        ],
    )
    offer = forms.CharField(label=_("Number of the offer"), max_length=50, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
