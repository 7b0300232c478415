"""Fields for what a terms pack leaves to the offer: each kind of value typed by people, kept as a pack writes it."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.kernel.wording import day, language, spoken
from kontor.rulebook.duration import Duration, Unit
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.terms import ToBeAgreed
from kontor.rulebook.terms.spoken import spoken_value


def _word(unit: Unit) -> str:
    return spoken(Duration(2, unit).spoken).partition(" ")[2]


_unit_word: Callable[[Unit], Any] = lazy(_word, str)  # widgets are made once and shown in either language
_DAY_FORMS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y")
Bound = Callable[[Any], bool]


class DurationInput(forms.MultiWidget):
    """A number and its unit, side by side."""

    template_name = "contracts/duration_input.html"

    def __init__(self) -> None:
        number = forms.NumberInput(attrs={"min": 1, "step": 1})
        units = forms.Select(choices=[(unit.value, _unit_word(unit)) for unit in _COMMON])
        super().__init__({"": number, "unit": units})

    def id_for_label(self, id_: str) -> str:
        """Return the number's id."""
        return f"{id_}_0"

    def decompress(self, value: Any) -> list[Any]:
        """Return number and unit of "12 months"."""
        if not value:
            return [None, Unit.MONTHS.value]
        length = Duration.parse(value)
        return [length.amount, length.unit.value]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the unit the look of a choice, and a name of its own."""
        context = super().get_context(name, value, attrs)
        unit = context["widget"]["subwidgets"][1]
        unit["attrs"] |= {"class": "form-select", "aria-label": gettext("Unit")}
        return context


_COMMON: Final = (
    *(Unit.MONTHS, Unit.YEARS, Unit.WEEKS, Unit.DAYS),
    *(Unit.WORKING_DAYS, Unit.CLOCK_HOURS, Unit.OFFICE_HOURS),
)


class DurationField(forms.MultiValueField):
    """A length of time, kept as a pack writes it: "12 months"."""

    def __init__(self, **given: Any) -> None:
        fields = (forms.IntegerField(min_value=1), forms.ChoiceField(choices=[(unit.value, "") for unit in _COMMON]))
        super().__init__(fields, widget=DurationInput(), require_all_fields=False, **given)

    def compress(self, data_list: list[Any]) -> str:
        """Return the text; nothing where no number was given."""
        if not data_list or data_list[0] in (None, ""):
            return ""
        return str(Duration(data_list[0], Unit(data_list[1])))


class PercentField(forms.DecimalField):
    """A percentage, kept as "5 %"."""

    unit = "%"

    def __init__(self, **given: Any) -> None:
        super().__init__(min_value=Decimal(0), max_value=Decimal(100), decimal_places=4, **given)
        self.widget.attrs["step"] = "any"

    def clean(self, value: Any) -> Any:
        """Return the percentage as a pack writes it."""
        figure = super().clean(value)
        return "" if figure is None else f"{figure.normalize():f} %"

    def prepare_value(self, value: Any) -> Any:
        """Return the number alone."""
        return value.removesuffix(" %") if isinstance(value, str) else value


class DaysField(forms.CharField):
    """Days, one a line, kept as ISO days in their order."""

    def __init__(self, **given: Any) -> None:
        given.setdefault("help_text", _("One day a line, in their order"))
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **given)

    def clean(self, value: Any) -> Any:
        """Return the days as text; ValidationError names the line that is none, or that is out of order."""
        days = [_day(line) for line in re.split(r"[\n,;]+", super().clean(value)) if line.strip()]
        if days != sorted(set(days)):
            raise ValidationError(gettext("Give each day once, the earliest first."))
        return [each.isoformat() for each in days]

    def prepare_value(self, value: Any) -> Any:
        """Return one day a line, as the page's language writes it."""
        return "\n".join(day(date.fromisoformat(each)) for each in value) if isinstance(value, list) else value


def blank_field(key: str, blank: ToBeAgreed[Any]) -> forms.Field:
    """Return the field for something an offer must say; KeyError for a kind that no pack leaves open yet."""
    label = blank.label.spoken(language())
    if blank.asks == "choice":
        return forms.ChoiceField(label=label, choices=[("", "—"), *options(key, blank.options)], required=False)
    return _FIELDS[blank.asks](label=label, required=False)


def options(key: str, choices: tuple[Any, ...]) -> list[tuple[str, str]]:
    """Return words to choose from: (as the pack writes it, as people read it)."""
    concept = key.rpartition(".")[2]
    return [(str(each), spoken(spoken_value(each, concept=concept))) for each in choices]


def admitted(value: Any, *, asks: str, admits: Bound, limits: str) -> None:
    """Refuse a length of time that the clause does not admit; ValidationError says what it does."""
    if asks != "duration" or not value:
        return
    try:
        fits = admits(Duration.parse(value))
    except RefusalError:  # days against months: nothing says which is longer
        fits = False
    if not fits:
        raise ValidationError(limits)


def _day(line: str) -> date:
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(line.strip(), form).date()  # noqa: DTZ007  a civil day has no zone
        except ValueError:
            continue
    raise ValidationError(
        gettext("“%(line)s” is no day. Write it as %(day)s.") % {"line": line, "day": day(date(2026, 12, 5))}
    )


def _flag(**given: Any) -> forms.Field:
    said = [("", "—"), ("true", _("yes")), ("false", _("no"))]
    return forms.TypedChoiceField(choices=said, coerce=lambda text: text == "true", empty_value="", **given)


def _number(**given: Any) -> forms.Field:
    return forms.IntegerField(min_value=0, **given)


def _text(**given: Any) -> forms.Field:
    return forms.CharField(max_length=2000, **given)


_FIELDS: Final[Mapping[str, Callable[..., forms.Field]]] = {
    "duration": DurationField,
    "percent": PercentField,
    "dates": DaysField,
    "date": DayField,
    "number": _number,
    "text": _text,
    "flag": _flag,
}
