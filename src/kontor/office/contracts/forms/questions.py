"""
A form made from a question's options, for an address that can be shared.

What the address holds is written as `kontor calc` reads it: days and moments in ISO, figures with a point. Figures that
were typed on a page say in which language they were written (`figures=de`), so that the address means the same to
everybody.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms.fields import currency_sign
from kontor.kernel.wording import language, spoken
from kontor.office.contracts.forms.outages import MonthInput, OutagesInput
from kontor.rulebook.calc import Kind, Option, WrongInputError
from kontor.rulebook.calc.reading import CURRENCY, read

FIGURES: Final = "figures"
_GERMAN: Final = re.compile(r"(\d{1,3}(\.\d{3})+|\d+)(,\d+)?", re.ASCII)
_ENGLISH: Final = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_PLAIN: Final = re.compile(r"\d+(\.\d+)?", re.ASCII)
_LENGTH: Final = re.compile(r"P(\d+)([DWMY])", re.ASCII)
_LOCAL_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?", re.ASCII)
_UNITS: Final = (("M", _("months")), ("Y", _("years")), ("W", _("weeks")), ("D", _("days")))


class FigureInput(forms.TextInput):
    """A figure, typed as the page's language writes it; a currency may stand behind it."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:  # noqa: ARG002  Django's signature
        """Return the figure with a point, whatever language it was typed in; what is none stays as it is."""
        return plain_figure(str(data.get(name, "")).strip(), written_in=str(data.get(FIGURES, "")))

    def format_value(self, value: Any) -> str | None:
        """Return the figure as the page's language writes it."""
        text = str(value or "")
        number, space, currency = text.partition(" ")
        if language() != "de" or not _PLAIN.fullmatch(number):
            return text
        return number.replace(".", ",") + space + currency


class RatesInput(forms.TextInput):
    """Yearly rates with the days from which they hold, one after the other: "1,27 2026-07-01:1,52"."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:  # noqa: ARG002  Django's signature
        """Return each rate with a point, whatever language it was typed in."""
        texts = data.getlist(name) if isinstance(data, QueryDict) else [str(data.get(name, ""))]
        return [_plain_rate(text, str(data.get(FIGURES, ""))) for text in " ".join(texts).replace(";", " ").split()]

    def format_value(self, value: Any) -> str | None:
        """Return the rates as the page's language writes them."""
        texts = " ".join(value or ())
        return texts.replace(".", ",") if language() == "de" else texts


class RatesField(forms.Field):
    """A list of rates."""

    widget = RatesInput


class LengthInput(forms.MultiWidget):
    """A number and its unit; together "P12M"."""

    template_name = "contracts/length_input.html"

    def __init__(self) -> None:
        super().__init__({"": forms.TextInput(attrs={"inputmode": "numeric"}), "unit": forms.Select(choices=_UNITS)})

    def id_for_label(self, id_: str) -> str:
        """The label speaks of the number."""
        return id_

    def decompress(self, value: Any) -> list[str]:
        """Return number and unit of "P12M"; what is none of that stays in the first field."""
        found = _LENGTH.fullmatch(str(value or ""))
        return [found[1], found[2]] if found else [str(value or ""), "M"]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return "P12M" for a number with its unit, else what was typed."""
        number, unit = super().value_from_datadict(data, files, name)
        text = (number or "").strip()
        return f"P{text}{unit or 'M'}" if re.fullmatch(r"\d+", text, re.ASCII) else text

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the unit the look and the name of a choice of its own."""
        context = super().get_context(name, value, attrs)
        number, unit = context["widget"]["subwidgets"]
        number["attrs"]["id"] = context["widget"]["attrs"]["id"]
        unit["attrs"] |= {"class": "form-select", "aria-label": str(_("Unit"))}
        return context


class SpansInput(forms.Widget):
    """Any number of spans, each from a moment to a moment: as many rows as are given, and one more."""

    template_name = "contracts/spans_input.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:  # noqa: ARG002  Django's signature
        """Return the spans as "FROM/TO"; rows left empty are none."""
        many = data.getlist if isinstance(data, QueryDict) else lambda key: data.get(key, [])
        rows = zip(many(f"{name}-from"), many(f"{name}-to"), strict=False)
        return [text for text in (*many(name), *(f"{start}/{end}" for start, end in rows)) if text.strip("/ ")]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return the rows with their two fields."""
        context = super().get_context(name, value, attrs)
        rows = [(text.partition("/")[0], text.partition("/")[2]) for text in (value or [])]
        context["rows"] = [(start, end, _moment_type(start), _moment_type(end)) for start, end in (*rows, ("", ""))]
        return context


class SpansField(forms.Field):
    """A list of spans."""

    widget = SpansInput


class QuestionForm(forms.Form):
    """What a question must be told under one pack; `told` is what the rulebook is asked with."""

    def __init__(self, data: QueryDict | None, *, options: Sequence[Option], zone: ZoneInfo, given: QueryDict) -> None:
        super().__init__(data)
        self.options, self.zone = {option.name: option for option in options}, zone
        for name, option in self.options.items():
            field = _field(option, given, zone)
            field.initial = field.widget.value_from_datadict(given, {}, name)
            self.fields[name] = field

    @property
    def told(self) -> dict[str, list[str]]:
        """The options by name, as the rulebook takes them; those left out are missing."""
        return {name: texts for name in self.options if (texts := _texts(self[name].value()))}

    @property
    def is_complete(self) -> bool:
        """Whether everything the answer needs is there."""
        return all(name in self.told for name, option in self.options.items() if option.required)

    def clean(self) -> dict[str, Any]:
        """Read every option, so that all that does not fit is said at once."""
        for name, texts in self.told.items():
            try:
                read(self.options[name], texts, zone=self.zone)
            except WrongInputError as wrong:
                self.refuse(wrong)
        return self.cleaned_data

    def refuse(self, wrong: WrongInputError) -> None:
        """Put the rulebook's sentence beside the field it speaks of, without the option's name in front."""
        said = spoken(wrong.text).removeprefix(f"--{wrong.option}: ")
        self.add_error(wrong.option, said[:1].upper() + said[1:])


def plain_figure(text: str, *, written_in: str) -> str:
    """
    Return a figure with a point and no marks between thousands; what is no figure of that language stays as it is.

    >>> plain_figure("1.234,50", written_in="de"), plain_figure("1,234.50 EUR", written_in="en")
    ('1234.50', '1234.50 EUR')
    >>> plain_figure("1.234", written_in="de"), plain_figure("1.234", written_in=""), plain_figure("x", written_in="de")
    ('1234', '1.234', 'x')
    """
    number, space, currency = text.partition(" ")
    if written_in == "de" and _GERMAN.fullmatch(number):
        number = number.replace(".", "").replace(",", ".")
    elif written_in == "en" and _ENGLISH.fullmatch(number):
        number = number.replace(",", "")
    return number + space + currency


def _plain_rate(text: str, written_in: str) -> str:
    first, colon, percent = text.rpartition(":")
    return first + colon + plain_figure(percent, written_in=written_in)


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [text for text in (str(each or "").strip() for each in found) if text]


def _field(option: Option, given: QueryDict, zone: ZoneInfo) -> forms.Field:
    label = spoken(option.help)
    words: dict[str, Any] = {
        "label": label[:1].upper() + label[1:],
        "required": option.required,
        "error_messages": {"required": _("Nothing can be worked out without this.")},
    }
    if option.kind is Kind.SPAN:
        return SpansField(**words)
    if option.kind is Kind.RATE:
        return RatesField(**words)
    field = forms.CharField(widget=_widget(option, str(given.get(option.name, "")), zone), **words)
    if option.kind is Kind.AMOUNT and " " not in str(given.get(option.name, "")).strip():
        field.unit = currency_sign(CURRENCY)  # type: ignore[attr-defined]
    return field


def _widget(option: Option, text: str, zone: ZoneInfo) -> forms.Widget:
    if option.kind is Kind.MOMENT:
        return forms.DateTimeInput() if _fits_the_clock(option, text, zone) else forms.TextInput()
    if option.kind is Kind.CHOICE:
        choices = [(choice.key, spoken(choice.label)) for choice in option.choices]
        return forms.Select(choices=[("", "–"), *choices])
    if option.kind is Kind.OUTAGES:
        return OutagesInput(option.choices)
    if option.kind in _PLAIN_FIELDS:
        return _PLAIN_FIELDS[option.kind]()
    return FigureInput(attrs={"inputmode": "numeric" if option.kind is Kind.NUMBER else "decimal"})


_PLAIN_FIELDS: Final[Mapping[Kind, type[forms.Widget]]] = {
    Kind.DATE: forms.DateInput,
    Kind.LENGTH: LengthInput,
    Kind.MONTH: MonthInput,
}


def _fits_the_clock(option: Option, text: str, zone: ZoneInfo) -> bool:
    """Whether a browser's own field can hold a moment: one with an offset needs a field of text."""
    if _moment_type(text) == "text":
        return False
    try:
        return not text or read(option, [text], zone=zone) is not None
    except WrongInputError:
        return False


def _moment_type(text: str) -> str:
    return "datetime-local" if not text or _LOCAL_MOMENT.fullmatch(text) else "text"
