"""Who was trained in data protection."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.kernel.models import Membership
from kontor.office.identity.actions.training import Trained


class TrainingForm(forms.Form):
    """That somebody was trained: when, until when it counts, and what proves it."""

    person = forms.ChoiceField(label=_("Person"))
    held_on = DayField(label=_("Trained on"))
    valid_until = DayField(label=_("Counts until"))
    evidence = forms.CharField(
        label=_("Evidence"), max_length=300, help_text=_("What was taught by whom, and where the proof lies")
    )

    def __init__(self, *given: Any, members: Sequence[Membership], **more: Any) -> None:
        """Offer these people."""
        super().__init__(*given, **more)
        self.fields["person"].choices = [(str(one.pk), str(one.user)) for one in members]  # type: ignore[attr-defined]

    @property
    def told(self) -> Trained:
        """What was filled in."""
        said = self.cleaned_data
        return Trained(held_on=said["held_on"], valid_until=said["valid_until"], evidence=said["evidence"])
