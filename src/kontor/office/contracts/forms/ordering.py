"""What people type to change a running contract: how many more or fewer, or another interval."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext, gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.kernel.wording import language
from kontor.office.contracts.models import ChangeOrder
from kontor.office.contracts.queries.ordering import Choosable
from kontor.rulebook.period import Interval


class OrderForm(forms.Form):
    """
    Quantities by item or position, an interval, and what must be ticked; nothing is ticked beforehand.

    by_staff  the house enters an order that came by mail or on paper, and says who sent it and when
    """

    def __init__(
        self, data: Any, *, kind: str, rows: Sequence[Choosable], losses: Sequence[Mapping[str, Any]], by_staff: bool,
        today: date, contact: Mapping[str, str],
    ) -> None:  # fmt: skip
        super().__init__(data)
        self.rows, self.losses = rows, losses
        if kind == ChangeOrder.Kind.INTERVAL:
            options = [(each.value, getattr(each.spoken, language())) for each in Interval]
            self.fields["interval"] = forms.ChoiceField(
                label=_("Billing by"), choices=options, widget=forms.RadioSelect
            )
        whole = gettext("Whole pieces are ordered: write a number without decimals.")
        for row in rows:
            self.fields[f"q-{row.key}"] = forms.IntegerField(
                label=getattr(row.name, language()), min_value=0, max_value=row.most, required=False,
                error_messages={"invalid": whole},
            )  # fmt: skip
        for each in losses:
            self.fields[f"lose-{each['key']}"] = forms.BooleanField(
                label=each[language()],
                error_messages={"required": _("Confirm that you know this, or order less of a reduction.")},
            )
        if by_staff:
            self._add_sender(today, contact)

    def _add_sender(self, today: date, contact: Mapping[str, str]) -> None:
        channels = [(value, CHANNELS[value]) for value in ("EMAIL", "ORDER_FORM", "LETTER")]
        self.fields["channel"] = forms.ChoiceField(label=_("How it came"), choices=channels)
        self.fields["received_on"] = DayField(label=_("Received on"), initial=today)
        self.fields["ordered_by"] = forms.CharField(label=_("Ordered by"), max_length=200, initial=contact["name"])
        self.fields["email"] = forms.EmailField(
            label=_("Their e-mail"), max_length=320, initial=contact["email"],
            help_text=_("The confirmation goes there; only the signatory's order binds."),
        )  # fmt: skip

    @property
    def quantities(self) -> dict[str, int]:
        """How many of which item or position; nought is left out."""
        found = {row.key: self.cleaned_data.get(f"q-{row.key}") for row in self.rows}
        return {key: count for key, count in found.items() if count}

    @property
    def chosen(self) -> Iterator[tuple[Choosable, BoundField]]:
        """The rows with their fields."""
        return ((row, self[f"q-{row.key}"]) for row in self.rows)

    @property
    def ticks(self) -> Iterator[tuple[Mapping[str, Any], BoundField]]:
        """What may be lost, with the box to tick."""
        return ((each, self[f"lose-{each['key']}"]) for each in self.losses)


class DeclineForm(forms.Form):
    """Why an order is not carried out; the customer reads it."""

    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


CHANNELS = {
    "WEB_SHOP": _("Order page"),
    "EMAIL": _("E-mail"),
    "ORDER_FORM": _("Order form"),
    "LETTER": _("Letter"),
}
