"""Planning and dropping an erasure, laying and lifting a hold."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.office.privacy.actions.holding import GROUNDS


class PlanForm(forms.Form):
    """Whose data are erased, from which day on, and at whose request."""

    company = forms.TypedChoiceField(label=_("Company"), coerce=uuid.UUID)
    due_on = DayField(label=_("Erased in the night to"))
    because = forms.CharField(label=_("At whose request, and how it came"), max_length=300)

    def __init__(self, *args: Any, companies: Sequence[tuple[uuid.UUID, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["company"].choices = [("", "—"), *companies]  # type: ignore[attr-defined]


class BecauseForm(forms.Form):
    """Why something is taken back."""

    because = forms.CharField(label=_("Reason"), max_length=300)


class HoldForm(forms.Form):
    """Whose data stay, on what ground and for what reason, and when that is looked at again."""

    company = forms.TypedChoiceField(label=_("Company"), coerce=uuid.UUID)
    ground = forms.ChoiceField(label=_("Ground"))
    reason = forms.CharField(label=_("Reason in words"), max_length=500)
    review_on = DayField(label=_("Looked at again on"))

    def __init__(self, *args: Any, companies: Sequence[tuple[uuid.UUID, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        spoken = [(key, text.spoken((get_language() or "de")[:2])) for key, text in GROUNDS.items()]
        self.fields["company"].choices = [("", "—"), *companies]  # type: ignore[attr-defined]
        self.fields["ground"].choices = spoken  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """That somebody means it."""

    sure = forms.BooleanField(label=_("I know that it cannot be brought back"))
