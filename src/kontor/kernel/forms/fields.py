"""Fields that read amounts, days and moments as people write them."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kontor.kernel.wording import language
from kontor.rulebook.currency import minor_digits

_SPACES: Final = re.compile(r"[\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}']")


class AmountField(forms.DecimalField):
    """
    An amount of money, read as the page's language writes it: 1.234,56 or 1,234.56; a Decimal.

    `places` decimals beyond the currency's are for unit prices. What could be read in two ways (1.234 in German is a
    thousand, in English one and a bit) is read by the page's language, never guessed.
    """

    widget = forms.TextInput

    def __init__(self, *, currency: str = "EUR", places: int | None = None, **given: Any) -> None:
        self.currency = currency
        digits = minor_digits(currency) if places is None else places
        super().__init__(decimal_places=digits, max_digits=given.pop("max_digits", 15), **given)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}
        self.unit = currency_sign(currency)

    default_error_messages = {
        "invalid": _("This is no amount. Write it as 1,234.56."),
    }

    def to_python(self, value: Any) -> Any:
        """Return the amount; ValidationError says how one is written."""
        if isinstance(value, str):
            value = self._plain(value)
        return super().to_python(value)

    def _plain(self, text: str) -> str:
        bare = _SPACES.sub("", text).removesuffix(currency_sign(self.currency)).removesuffix(self.currency)
        bare = bare.removeprefix(currency_sign(self.currency)).replace("\N{MINUS SIGN}", "-")
        thousands, point = (".", ",") if language() == "de" else (",", ".")
        whole, found, rest = bare.partition(point)
        groups = whole.lstrip("-").split(thousands)
        if thousands in rest or (len(groups) > 1 and (not groups[0] or any(len(group) != 3 for group in groups[1:]))):  # noqa: PLR2004  thousands
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return whole.replace(thousands, "") + ("." + rest if found else "")

    def prepare_value(self, value: Any) -> Any:
        """Show a stored amount as the page's language writes it."""
        if isinstance(value, Decimal):
            text = f"{value:,f}" if self.decimal_places is None else f"{value:,.{max(self.decimal_places, 2)}f}"
            return text.translate(str.maketrans(",.", ".,")) if language() == "de" else text
        return value


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **given})


class MomentField(forms.DateTimeField):
    """A day and a time of day, in the page's zone."""

    def __init__(self, **given: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        super().__init__(**{"widget": widget, **given})


class ChoiceWithHint(forms.ChoiceField):
    """One of a few, each with a line that says what it means: options are (value, label, hint)."""

    widget = forms.RadioSelect

    def __init__(self, *, options: Iterable[tuple[str, Any, Any]], **given: Any) -> None:
        listed = list(options)
        super().__init__(choices=[(value, label) for value, label, _hint in listed], **given)
        self.hints = {value: hint for value, _label, hint in listed}


def currency_sign(currency: str) -> str:
    """Return how a currency is written beside an amount: "€"."""
    return {"EUR": "€", "USD": "$", "GBP": "£"}.get(currency, currency)
