"""What people type about access cards."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import MomentField
from kontor.kernel.models import Site
from kontor.products.visitors.models import CardGroup

MOST_LETTERS = 60


class HandOutForm(forms.Form):
    """The card that is put into a visitor's hand; a reader that types fills it in."""

    number = forms.CharField(label=_("Card number"), max_length=MOST_LETTERS)
    until = MomentField(label=_("Opens until"))


class BackForm(forms.Form):
    """The card that somebody gives back."""

    number = forms.CharField(
        label=_("Card number"), max_length=MOST_LETTERS, help_text=_("Type it, or hold the card to the reader.")
    )


class GroupForm(forms.Form):
    """A group of cards and what it opens."""

    name = forms.CharField(label=_("Group of cards"), max_length=100)
    zones = forms.CharField(
        label=_("Zones"), widget=forms.Textarea({"rows": 3}),
        help_text=_("As the access-control system calls them, one in each line."),
    )  # fmt: skip
    opens_at = forms.TimeField(
        label=_("Opens from"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    closes_at = forms.TimeField(
        label=_("Closes at"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=_("At the site’s clocks. Both left empty, all day."),
    )  # fmt: skip

    dispensed = forms.BooleanField(
        label=_("Given out at check-in by itself"), required=False,
        help_text=_("A dispenser or a box in order: the next free card is the visitor’s until the planned end."),
    )  # fmt: skip

    def clean_zones(self) -> list[str]:
        """Return each zone once."""
        return _lines(self.cleaned_data["zones"])


class PoolForm(forms.Form):
    """Cards that are taken into the pool."""

    group = forms.ModelChoiceField(label=_("Group of cards"), queryset=CardGroup.objects.none())
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none())
    numbers = forms.CharField(
        label=_("Card numbers"), widget=forms.Textarea({"rows": 6}), help_text=_("One in each line.")
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        """Offer the groups and sites there are."""
        super().__init__(*given, **named)
        self.fields["group"].queryset = CardGroup.objects.filter(archived_at=None).order_by("name")  # type: ignore[attr-defined]
        self.fields["site"].queryset = Site.objects.order_by("name")  # type: ignore[attr-defined]

    def clean_numbers(self) -> list[str]:
        """Return each number once, refusing one that is too long for a card."""
        numbers = _lines(self.cleaned_data["numbers"])
        if any(len(each) > MOST_LETTERS for each in numbers):
            raise forms.ValidationError(_("A card number has at most 60 characters."))
        return numbers


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
