"""What staff type to write an offer: for whom and from which prices, then everything the pack leaves open."""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext, gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.kernel.wording import language, spoken
from kontor.office.books import public as books
from kontor.office.contracts.forms.values import DurationField, PercentField, admitted, blank_field, options
from kontor.office.contracts.models import OfferDraft
from kontor.office.contracts.queries.estimates import Estimate, estimates
from kontor.office.contracts.queries.positions import PER, SINGLE
from kontor.rulebook.contract_state import exact
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import Setting, TermsPack, ToBeAgreed
from kontor.rulebook.terms.concepts import concept_label
from kontor.rulebook.terms.spoken import spoken_entry
from kontor.rulebook.terms.units import HolidayRule


@dataclass(frozen=True, slots=True)
class Position:
    """An item of the price list with the field for its quantity; `per` says what its price is for."""

    item: books.ListedItem
    bound: BoundField
    per: Text


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of the terms: what it is for, the clause, and for a setting the default's reason."""

    bound: BoundField
    clause: Clause
    hint: str = ""
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """A setting that can only be read: no other reading stands in the pack."""

    label: Text
    value: Text
    clause: Clause
    reason: Text


class DraftForm(forms.Form):
    """
    Everything an offer says, on one page; what is missing is told beside it, so that no field is required.

    items    of the draft's price list, in its order
    ordered  what the offer contains so far, as `queries.readiness.ordered` tells it: some blanks matter only with it
    """

    use_required_attribute = False
    start_on = DayField(label=_("Start"), required=False)
    valid_until = DayField(label=_("Valid until"))
    sites = forms.CharField(
        label=_("Sites"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: name, comma, address"),
    )
    notice_customer = forms.CharField(label=_("Notices to the customer go to"), max_length=320, required=False)
    notice_seller = forms.CharField(label=_("Notices to us go to"), max_length=320, required=False)
    annexes = forms.CharField(
        label=_("Annexes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, in their order of precedence, behind what the terms rank themselves"),
    )

    def __init__(
        self,
        data: Any,
        *,
        draft: OfferDraft,
        pack: TermsPack,
        items: Sequence[books.ListedItem],
        quantities: dict[uuid.UUID, Decimal],
        ordered: frozenset[str],
    ) -> None:
        super().__init__(data, initial=_initial(draft))
        self.draft, self.pack, self.items = draft, pack, items
        for item in items:
            self.fields[f"q-{item.id}"] = _quantity_field(item, quantities.get(item.id))
        self._blanks = {
            name_of(key): (key, blank)
            for key, blank in pack.to_be_agreed()
            if blank.only_with is None or blank.only_with in ordered or key in draft.agreed
        }
        for name, (key, blank) in self._blanks.items():
            self.fields[name] = blank_field(key, blank)
            self.fields[name].initial = _shown(draft.agreed.get(key))
        self._estimates = {f"e-{each.key}": each for each in estimates(pack, draft.estimates)}
        for name, each in self._estimates.items():
            self.fields[name] = _estimate_field(each)
        self._settings = {name_of(key): (key, one) for key, one in pack.settings() if _is_open(one)}
        for name, (key, one) in self._settings.items():
            self.fields[name] = _setting_field(key, one, chosen=draft.settings.get(key))

    def mark_asked(self) -> None:
        """Show as asked for what must stand there before the offer is sent, though a draft may lack it."""
        for name in (*self._blanks, *self._settings, "notice_customer", "notice_seller"):
            self.fields[name].required = True

    def groups(self) -> Iterator[tuple[str, list[Position]]]:
        """Yield the positions by kind, in the order of the price list: (kind, positions)."""
        for kind in dict.fromkeys(item.kind for item in self.items):
            yield kind, [Position(item, self[f"q-{item.id}"], _per(item)) for item in self.items if item.kind == kind]

    def blanks(self) -> Iterator[Asked]:
        """Yield the fields for what the pack leaves to the offer."""
        for name, (_key, blank) in self._blanks.items():
            yield Asked(self[name], blank.clause, _limits(blank))

    def estimates(self) -> Iterator[Asked]:
        """Yield the fields for what the pack lets an offer say of its services."""
        for name, each in self._estimates.items():
            yield Asked(self[name], each.clause)

    def settings(self) -> Iterator[Asked]:
        """Yield the readings that may be chosen."""
        for name, (_key, one) in self._settings.items():
            yield Asked(self[name], one.clause, _limits(one), one.reason)

    def fixed(self) -> Iterator[Fixed]:
        """Yield the settings to which the pack knows no other reading."""
        for key, one in self.pack.settings():
            if not _is_open(one):
                yield Fixed(concept_label(key), spoken_entry(key, one), one.clause, one.reason)

    def clean(self) -> dict[str, Any]:
        """Refuse what a clause does not admit."""
        asked: dict[str, tuple[str, ToBeAgreed[Any] | Setting[Any]]] = {**self._blanks, **self._settings}
        for name, (_key, one) in asked.items():
            kind = "duration" if isinstance(self.fields[name], DurationField) else ""
            try:
                admitted(self.cleaned_data.get(name), asks=kind, admits=one.admits, limits=_limits(one))
            except forms.ValidationError as error:
                self.add_error(name, error)
        return self.cleaned_data

    @property
    def quantities(self) -> dict[uuid.UUID, Decimal]:
        """How many of which item, nought left out; what does not fit keeps nothing."""
        found = {item.id: self.cleaned_data.get(f"q-{item.id}") for item in self.items}
        return {item: Decimal(count) for item, count in found.items() if count}

    @property
    def agreed(self) -> dict[str, Any]:
        """What the offer says, as a pack writes it; a field that does not fit leaves what was there."""
        said = dict(self.draft.agreed)
        for name, (key, _blank) in self._blanks.items():
            if name in self.cleaned_data:
                said[key] = _kept(self.cleaned_data[name])
        return {key: value for key, value in said.items() if value not in (None, "", [])}

    @property
    def readings(self) -> dict[str, Any]:
        """The readings that differ from the pack's own."""
        chosen = dict(self.draft.settings)
        for name, (key, one) in self._settings.items():
            if typed := self.cleaned_data.get(name):
                chosen[key] = json.loads(typed) if one.choices else typed
                if chosen[key] == _ours(one):
                    del chosen[key]
        return chosen

    @property
    def columns(self) -> dict[str, Any]:
        """The other columns of the draft, those that fit."""
        given = {name: self.cleaned_data[name] for name in _COLUMNS if name in self.cleaned_data}
        given["sites"] = [_site(line) for line in _lines(self.cleaned_data["sites"])]
        given["annexes"] = _lines(self.cleaned_data["annexes"])
        told = {each.key: self.cleaned_data.get(name, each.says) for name, each in self._estimates.items()}
        given["estimates"] = {key: says for key, says in told.items() if says}
        return given


_COLUMNS = ("start_on", "valid_until", "notice_customer", "notice_seller")


def name_of(key: str) -> str:
    """Return the field's name for a pack's key: letters and hyphens only, so that it can be an anchor."""
    return f"t-{key.replace('.', '-')}"


def _quantity_field(item: books.ListedItem, quantity: Decimal | None) -> forms.Field:
    """Ask how many: whole ones, but of hours and services a part as well; shown as a number input reads it."""
    shown = "" if quantity is None else str(exact(quantity))
    label = item.name(language())
    if item.divisible:
        return forms.DecimalField(
            label=label, min_value=0, max_digits=20, decimal_places=6, required=False, initial=shown
        )
    wrong = gettext("This is only sold whole: write a number without decimals.")
    return forms.IntegerField(
        label=label, min_value=0, required=False, initial=shown, error_messages={"invalid": wrong}
    )


def _estimate_field(one: Estimate) -> forms.Field:
    shown = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=spoken(one.label), max_length=2000, required=False, initial=one.says, widget=shown)


def _per(item: books.ListedItem) -> Text:
    unit, span = SINGLE[item.unit], PER[item.interval]
    return Text(f"je {unit.de}, {span.de}", f"per {unit.en}, {span.en}")


def _initial(draft: OfferDraft) -> dict[str, Any]:
    sites = [f"{site['name']}, {site['address']}" if site.get("address") else site["name"] for site in draft.sites]
    return {
        **{name: getattr(draft, name) for name in _COLUMNS},
        "sites": "\n".join(sites),
        "annexes": "\n".join(draft.annexes),
    }


def _site(line: str) -> dict[str, str]:
    name, _comma, address = line.partition(",")
    return {"name": name.strip(), "address": address.strip()}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _is_open(one: Setting[Any]) -> bool:
    return bool(one.choices) or one.least is not None or one.most is not None


def _setting_field(key: str, one: Setting[Any], *, chosen: Any) -> forms.Field:
    label = spoken(concept_label(key))
    if not one.choices and isinstance(one.setting, int):
        held = one.setting if chosen is None else chosen
        return forms.IntegerField(label=label, min_value=one.least, max_value=one.most, required=False, initial=held)
    if not one.choices:
        field = PercentField if isinstance(one.setting, Decimal) else DurationField
        return field(label=label, required=False, initial=chosen or _ours(one))
    words = [text for _value, text in options(key, one.choices)]
    default = gettext("%(reading)s (our reading)")
    choices = [
        (json.dumps(_raw(each)), default % {"reading": text} if each == one.setting else text)
        for each, text in zip(one.choices, words, strict=True)
    ]
    held = json.dumps(_raw(one.setting) if chosen is None else chosen)
    return forms.ChoiceField(label=label, choices=choices, initial=held, required=False)


def _raw(value: Any) -> Any:
    """Return a reading as a pack file writes it, in JSON's terms."""
    if isinstance(value, HolidayRule):
        return value.model_dump(mode="json", exclude_defaults=True)
    return value if isinstance(value, bool | int) else str(value)


def _ours(one: Setting[Any]) -> Any:
    """Return the pack's own reading as it writes it: a share in percent, anything else as it is."""
    if not one.choices and isinstance(one.setting, Decimal):
        return f"{one.setting.normalize():f} %"
    return _raw(one.setting)


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _shown(value: Any) -> Any:
    return {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value


def _limits(one: ToBeAgreed[Any] | Setting[Any]) -> str:
    """Say between what a length of time must lie; nothing where the clause sets no limit or lists the choices."""
    least, most = (spoken(each) if each is not None else "" for each in (one.least, one.most))
    if least and most:
        return gettext("From %(least)s to %(most)s") % {"least": least, "most": most}
    if least:
        return gettext("At least %(least)s") % {"least": least}
    return gettext("At most %(most)s") % {"most": most} if most else ""
