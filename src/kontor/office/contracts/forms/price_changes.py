"""Releasing price changes, and keeping the index register."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _t, gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.office.contracts.actions.index_register import NewValue
from kontor.office.contracts.models import PriceRun
from kontor.rulebook.money import exact_decimal
from kontor.rulebook.refusal import RefusalError

MONTH: Final = "%Y-%m"


class PriceRunForm(forms.Form):
    """Which prices change, and up to which day."""

    by = forms.ChoiceField(
        label=_("By"), choices=((PriceRun.Kind.INDEX, _("Index")), (PriceRun.Kind.LIST, _("Official price list")))
    )
    until = DayField(label=_("Takes effect by"))


class SeriesForm(forms.Form):
    """A new series of the register."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As contracts call it"))
    publisher = forms.CharField(label=_("Published by"), max_length=200)


class MonthField(forms.DateField):
    """A month, as its first day."""

    def __init__(self, **given: Any) -> None:
        widget = forms.DateInput(format=MONTH, attrs={"type": "month"})
        super().__init__(input_formats=[MONTH], widget=widget, **given)


class ValueForm(forms.Form):
    """A value as it was published."""

    month = MonthField(label=_("Month"))
    base = forms.CharField(label=_("Base"), max_length=30, help_text=_("Such as 2020=100"))
    value = forms.DecimalField(label=_("Value"), max_digits=12, decimal_places=4, min_value=0, localize=True)
    published_on = DayField(label=_("Published on"))
    source = forms.CharField(label=_("Source"), max_length=300)

    def told(self) -> NewValue:
        """Return what was filled in."""
        return NewValue(
            **{name: self.cleaned_data[name] for name in ("month", "base", "value", "published_on", "source")}
        )


class ImportForm(forms.Form):
    """Many values from a file."""

    file = forms.FileField(label=_("CSV file"), help_text=_("Month; base; value; published on; source"))

    def clean_file(self) -> list[NewValue]:
        """Read the file: 2026-10;1961=100;305.4;2026-11-20;https://…; the first row may name the columns."""
        try:
            text = self.cleaned_data["file"].read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_t("The file is not UTF-8 text.")) from error
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=";") if any(cell.strip() for cell in row)]
        if rows and not rows[0][0].strip()[:1].isdigit():
            rows = rows[1:]
        if not rows:
            raise forms.ValidationError(_t("The file holds no value."))
        return [_value(place, row) for place, row in enumerate(rows, 1)]


class LossForm(forms.Form):
    """That a series ended."""

    lost_on = DayField(label=_("Last published or withdrawn on"))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class AgreementForm(ValueForm):
    """What both sides agreed in place of a lost index: the value of the new one that belongs to today's price."""

    series = forms.ChoiceField(label=_("New index"))
    field_order = ("series", "month", "base", "value", "published_on", "source")

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["series"].choices = others  # type: ignore[attr-defined]
        self.fields["value"].label = _("Value that belongs to the present price")
        self.fields["published_on"].label = _("Agreed on")
        self.fields["source"].label = _("Where the agreement stands")


def _value(place: int, row: Sequence[str]) -> NewValue:
    try:
        month, base, value, published, source = (cell.strip() for cell in row)
        return NewValue(
            month=date.fromisoformat(f"{month}-01"),
            base=base,
            value=exact_decimal(value),
            published_on=date.fromisoformat(published),
            source=source,
        )
    except (ValueError, RefusalError) as error:
        told = {"place": place}
        text = _t("Row %(place)s is expected as 2026-10;2020=100;305.4;2026-11-20;source.") % told
        raise forms.ValidationError(text) from error
