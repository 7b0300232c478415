"""Saying how long something stays."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.wording import language
from kontor.office.privacy.actions.retention import free_kinds
from kontor.rulebook.duration import Duration, Unit

UNITS = (
    (Unit.DAYS.value, _("days")),
    (Unit.WEEKS.value, _("weeks")),
    (Unit.MONTHS.value, _("months")),
    (Unit.YEARS.value, _("years")),
)


class KeepingForm(forms.Form):
    """How long what stays, for everybody or for one company with whom something else was agreed."""

    kind = forms.ChoiceField(label=_("What"))
    amount = forms.IntegerField(label=_("Kept for"), min_value=1, max_value=999)
    unit = forms.ChoiceField(label=_("Counted in"), choices=UNITS, initial=Unit.MONTHS.value)
    company = forms.TypedChoiceField(label=_("Only for"), coerce=uuid.UUID, required=False, empty_value=None)
    agreed = forms.CharField(label=_("Why, or the paper in which it was agreed"), max_length=300)

    def __init__(self, *args: Any, companies: Sequence[tuple[uuid.UUID, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        kinds = [(key, title.spoken(language())) for key, title in free_kinds().items()]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["company"].choices = [("", _("everybody")), *companies]  # type: ignore[attr-defined]
        if not companies:
            del self.fields["company"]

    @property
    def keep(self) -> Duration:
        """The length of time that was chosen."""
        return Duration(self.cleaned_data["amount"], Unit(self.cleaned_data["unit"]))
