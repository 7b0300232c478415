"""The form of a price list: its head, and its items as rows of a table."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel import registry
from kontor.kernel.forms import AmountField, DayField
from kontor.kernel.queries.blobs import STORAGE
from kontor.kernel.wording import spoken
from kontor.office.books.models import PriceItem, Seller
from kontor.rulebook import terms
from kontor.rulebook.terms import keys as pack_keys

KINDS = (
    (PriceItem.Kind.PLAN, _("Plan")),
    (PriceItem.Kind.MODULE, _("Module")),
    (PriceItem.Kind.STORAGE, _("Storage")),
    (PriceItem.Kind.HARDWARE, _("Hardware")),
    (PriceItem.Kind.SERVICE, _("Service")),
    (PriceItem.Kind.USAGE, _("Use")),
)
UNITS = (
    (PriceItem.Unit.USER, _("per user")),
    (PriceItem.Unit.CUSTOMER, _("per customer")),
    (PriceItem.Unit.SITE, _("per site")),
    (PriceItem.Unit.BLOCK, _("per block")),
    (PriceItem.Unit.GB, _("per GB")),
    (PriceItem.Unit.PIECE, _("per piece")),
    (PriceItem.Unit.HOUR, _("per hour")),
)
INTERVALS = (
    (PriceItem.Interval.MONTH, _("a month")),
    (PriceItem.Interval.QUARTER, _("a quarter")),
    (PriceItem.Interval.YEAR, _("a year")),
    (PriceItem.Interval.ONCE, _("once")),
)


class PriceListForm(forms.Form):
    """Name, seller, terms and the days on which the list is in force."""

    name = forms.CharField(label=_("Name"), max_length=200)
    seller = forms.ModelChoiceField(label=_("Seller"), queryset=Seller.objects.none(), empty_label=None)
    pack = forms.ChoiceField(
        label=_("Contract terms"), required=False, help_text=_("Modules sold by this list belong to them.")
    )
    valid_from = DayField(label=_("In force from"))
    valid_until = DayField(label=_("No longer in force on"), required=False, help_text=_("Empty: until a newer one."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seller"].queryset = Seller.objects.order_by("name")  # type: ignore[attr-defined]
        packs = [(key, spoken(terms.load(key).title)) for key in pack_keys()]
        self.fields["pack"].choices = [("", _("no particular ones")), *packs]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A list ends after it begins."""
        given: dict[str, Any] = super().clean() or {}
        first, end = given.get("valid_from"), given.get("valid_until")
        if first and end and end <= first:
            self.add_error("valid_until", _("A list ends after it has begun."))
        return given


class NewEditionForm(PriceListForm):
    """A new edition of a list: only its day is asked, the rest stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "seller", "pack"):
            del self.fields[name]


class QuantityField(AmountField):
    """A quantity, read as the page's language writes figures: 1.000 in German is a thousand."""

    def __init__(self, **given: Any) -> None:
        super().__init__(places=6, max_digits=20, min_value=0, required=False, **given)
        self.unit = ""


class ItemForm(forms.Form):
    """One row: what can be ordered, or what use costs beyond what is included, and its net price."""

    key = forms.SlugField(label=_("Item key"), max_length=50)
    name_de = forms.CharField(label=_("German name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS)
    interval = forms.ChoiceField(label=_("Interval"), choices=INTERVALS)
    price = AmountField(label=_("Net price"), places=6, max_digits=20, min_value=0)
    module = forms.CharField(label=_("Unlocks"), max_length=50, required=False)
    block_size = QuantityField(label=_("Block"))
    block_unit = forms.CharField(label=_("Unit of the block"), max_length=20, required=False)
    meter = forms.ChoiceField(label=_("What is counted"), required=False)
    included = QuantityField(label=_("Included each month"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counted = [(it.name, spoken(it.title or it.unit)) for one in registry.modules() for it in one.meters]
        self.fields["meter"].choices = [("", _("nothing")), *counted]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What counts use says which, how much is included and how large a block is; storage is sold by the GB."""
        given: dict[str, Any] = super().clean() or {}
        self._clean_storage(given)
        if given.get("kind") == PriceItem.Kind.USAGE:
            for name in ("meter", "block_size", "included"):
                if name not in self.errors and given.get(name) in ("", None):
                    self.add_error(name, _("Use is charged by blocks beyond what is included: this is missing."))
            if given.get("block_size") == 0:
                self.add_error("block_size", _("A block holds more than nothing."))
        elif given.get("meter") or given.get("included") is not None:
            self.add_error("kind", _("Only use is counted: choose “Use”, or leave the counted and included empty."))
        return given

    def _clean_storage(self, given: dict[str, Any]) -> None:
        """A GB that is ordered raises the limit by itself; storage by any other unit would raise it wrongly."""
        by_gb = given.get("unit") == PriceItem.Unit.GB
        if by_gb and given.get("kind") not in (PriceItem.Kind.STORAGE, PriceItem.Kind.USAGE):
            self.add_error("unit", _("Only storage and use are counted in GB."))
        elif by_gb and given.get("kind") == PriceItem.Kind.STORAGE:
            given["module"] = STORAGE
        elif given.get("module") == STORAGE:
            self.add_error("unit", _("Storage that raises the limit is sold by the GB."))


class PricedItems(forms.BaseFormSet):  # type: ignore[type-arg]
    """The rows of a price list."""

    def clean(self) -> None:
        """Each key once, and at least one row."""
        if any(form.errors for form in self._live):
            return
        keys = [row["key"] for row in self.rows]
        if not keys:
            raise forms.ValidationError(_("A price list needs at least one item."))
        if len(set(keys)) < len(keys):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            raise forms.ValidationError(_("These keys occur twice: %(keys)s") % {"keys": ", ".join(twice)})

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        """The filled rows that were not removed, as columns of PriceItem."""
        filled = [form.cleaned_data for form in self._live if form.cleaned_data]
        return [{name: value for name, value in row.items() if name != "DELETE"} for row in filled]

    @property
    def _live(self) -> list[forms.Form]:
        return [form for form in self.forms if not self._should_delete_form(form)]  # type: ignore[attr-defined]


ItemFormSet: type[PricedItems] = forms.formset_factory(  # type: ignore[assignment]
    ItemForm, formset=PricedItems, extra=0, can_delete=True, max_num=500, absolute_max=500
)
