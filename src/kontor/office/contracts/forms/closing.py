"""Which month is closed, and whether services are suspended with it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.wording import month as month_words
from kontor.rulebook.usage import month_of

_OFFERED = 13


class CloseForm(forms.Form):
    """A month that has begun, the latest first; suspending is asked for each time."""

    month = forms.ChoiceField(label=_("Month"))
    suspend = forms.BooleanField(
        label=_("Suspend services where the contract allows it on this day"),
        required=False,
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [(f"{each:%Y-%m}", month_words(each)) for each in _months(today)]  # type: ignore[attr-defined]

    def clean_month(self) -> date:
        """Return the month's first day."""
        return date.fromisoformat(f"{self.cleaned_data['month']}-01")


def _months(today: date) -> Sequence[date]:
    months = [month_of(today).first]
    while len(months) < _OFFERED:
        months.append(month_of(months[-1] - timedelta(days=1)).first)
    return months
