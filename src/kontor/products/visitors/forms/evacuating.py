"""What is said when a roll call begins, and what phones send."""

import json
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.models import Site
from kontor.products.visitors.actions.evacuating import Tap

AT_ONCE: Final = 500
_KEY: Final = 80


class BeginForm(forms.Form):
    """Where, and whether it is in earnest."""

    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none())
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=(("alarm", _("An alarm")), ("drill", _("A drill"))), widget=forms.RadioSelect
    )

    def __init__(self, *given: Any, sites: Iterable[uuid.UUID] | None, **named: Any) -> None:
        """Offer the sites of whoever begins."""
        super().__init__(*given, **named)
        places = Site.objects.order_by("name")
        self.fields["site"].queryset = places if sites is None else places.filter(pk__in=sites)  # type: ignore[attr-defined]
        self.fields["site"].empty_label = None  # type: ignore[attr-defined]


def taps_in(body: bytes) -> list[Tap] | None:
    """Return what a phone sent: {"taps": [{"visit", "safe", "seen_at", "key"}]}; None where it is anything else."""
    try:
        return [_tap(each) for each in json.loads(body)["taps"][:AT_ONCE]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _tap(told: dict[str, Any]) -> Tap:
    seen_at, key = datetime.fromisoformat(told["seen_at"]), str(told["key"])
    if seen_at.tzinfo is None or not 0 < len(key) <= _KEY or not isinstance(told["safe"], bool):
        raise ValueError(told)
    return Tap(visit=uuid.UUID(told["visit"]), safe=told["safe"], seen_at=seen_at, key=key)
