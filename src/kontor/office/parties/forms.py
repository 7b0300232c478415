"""What staff type about customers and partners."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from kontor.office.parties.models import Contact, Party

_STATES = (
    ("", "—"), ("BW", "Baden-Württemberg"), ("BY", "Bayern"), ("BE", "Berlin"), ("BB", "Brandenburg"),
    ("HB", "Bremen"), ("HH", "Hamburg"), ("HE", "Hessen"), ("MV", "Mecklenburg-Vorpommern"), ("NI", "Niedersachsen"),
    ("NW", "Nordrhein-Westfalen"), ("RP", "Rheinland-Pfalz"), ("SL", "Saarland"), ("SN", "Sachsen"),
    ("ST", "Sachsen-Anhalt"), ("SH", "Schleswig-Holstein"), ("TH", "Thüringen"),
)  # fmt: skip
_LANGUAGES = [("de", _("German")), ("en", _("English"))]


class PartyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A business or person."""

    country = forms.RegexField(
        r"^[A-Z]{2}$",
        label=_("Country"),
        initial="DE",
        help_text=_("Two letters, such as DE or FR"),
        error_messages={"invalid": _("A country has two capital letters, such as DE.")},
    )
    region = forms.ChoiceField(
        label=_("Federal state"),
        choices=_STATES,
        required=False,
        help_text=_("Its holidays move due days where German law does (BGB § 193)"),
    )
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES, help_text=_("Of mails and invoices"))

    class Meta:
        model = Party
        fields = (
            *("kind", "consumer", "name", "street", "addition", "postcode", "city", "country", "region"),
            *("email", "language", "vat_id", "buyer_reference"),
        )
        labels = {
            "kind": _("Kind"),
            "consumer": _("Acts as a consumer"),
            "name": _("Name"),
            "street": _("Street and number"),
            "addition": _("Addition to the address"),
            "postcode": _("Postcode"),
            "city": _("Town"),
            "email": _("E-mail"),
            "vat_id": _("VAT number"),
            "buyer_reference": _("Buyer reference"),
        }
        help_texts = {
            "consumer": _("A person who buys neither for a trade nor for a profession (BGB § 13)"),
            "email": _("Offers and, without another contact, invoices go there"),
            "buyer_reference": _("What the customer wants on e-invoices, such as a Leitweg-ID"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (Party.Kind.ORGANISATION, _("Company or authority")),
            (Party.Kind.PERSON, _("Person")),
        ]

    def clean(self) -> dict[str, Any]:
        """Only a person can be a consumer."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("consumer") and told.get("kind") != Party.Kind.PERSON:
            self.add_error("consumer", gettext("Only a person can be a consumer."))
        if told.get("region") and told.get("country") != "DE":
            self.add_error("region", gettext("Federal states are asked for in Germany only."))
        return told


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """Somebody at a party."""

    class Meta:
        model = Contact
        fields = ("name", "function", "email", "phone", "signs", "receives_notices", "receives_invoices")
        labels = {
            "name": _("Name"),
            "function": _("Function"),
            "email": _("E-mail"),
            "phone": _("Phone"),
            "signs": _("Signs for the customer"),
            "receives_notices": _("Receives notices"),
            "receives_invoices": _("Receives invoices"),
        }

    def clean(self) -> dict[str, Any]:
        """Ask for an address where something is to be received."""
        given = super().clean() or {}
        if (given.get("receives_notices") or given.get("receives_invoices")) and not given.get("email"):
            self.add_error("email", gettext("Whoever receives something needs an e-mail address."))
        return given


class AccountForm(forms.Form):
    """A bank account from which a party pays."""

    iban = forms.CharField(label="IBAN", max_length=42)
    holder = forms.CharField(label=_("Account holder"), max_length=200, required=False)

    def clean_iban(self) -> str:
        """Return the IBAN without spaces; its check digits must fit."""
        try:
            return str(IBAN(self.cleaned_data["iban"]))
        except SchwiftyException as wrong:
            raise ValidationError(gettext("This is no IBAN: a digit is missing or two are swapped.")) from wrong
