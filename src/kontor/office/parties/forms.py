"""What staff type about customers and partners."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from kontor.office.parties.actions.people import organisation_called
from kontor.office.parties.models import Contact, Party
from kontor.office.parties.queries.people import company_of

_STATES = (
    ("", "—"), ("BW", "Baden-Württemberg"), ("BY", "Bayern"), ("BE", "Berlin"), ("BB", "Brandenburg"),
    ("HB", "Bremen"), ("HH", "Hamburg"), ("HE", "Hessen"), ("MV", "Mecklenburg-Vorpommern"), ("NI", "Niedersachsen"),
    ("NW", "Nordrhein-Westfalen"), ("RP", "Rheinland-Pfalz"), ("SL", "Saarland"), ("SN", "Sachsen"),
    ("ST", "Sachsen-Anhalt"), ("SH", "Schleswig-Holstein"), ("TH", "Thüringen"),
)  # fmt: skip
_LANGUAGES = [("de", _("German")), ("en", _("English"))]
ROLES = (
    ("CUSTOMER", _("Customer")), ("SUPPLIER", _("Supplier")), ("PARTNER", _("Partner")), ("HOST", _("Host")),
    ("VISITOR", _("Visitor")), ("CONTRACTOR", _("Service company")), ("EMPLOYEE", _("Employee")),
    ("APPLICANT", _("Applicant")),
)  # fmt: skip
NUMBERS = (
    ("CUSTOMER_NUMBER", _("Customer number")), ("SUPPLIER_NUMBER", _("Supplier number")),
    ("STAFF_NUMBER", _("Staff number")), ("REGISTER", _("Commercial register")), ("LEI", "LEI"), ("GLN", "GLN"),
    ("IDENTITY_CARD", _("Identity card")), ("PASSPORT", _("Passport")), ("DRIVING_LICENCE", _("Driving licence")),
    ("OTHER", _("Other number")),
)  # fmt: skip
ROLE_NAMES, NUMBER_NAMES = dict(ROLES), dict(NUMBERS)
FIELD_NAMES = {
    "name": _("Name"), "address": _("Address"), "email": _("E-mail"), "phone": _("Phone"), "employer": _("Works for"),
    "language": _("Language"), "vat_id": _("VAT number"), "buyer_reference": _("Buyer reference"),
    "consumer": _("Acts as a consumer"),
}  # fmt: skip


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

    employer_name = forms.CharField(
        label=_("Works for"), max_length=200, required=False, help_text=_("Of a person: the company’s name")
    )

    class Meta:
        model = Party
        fields = (
            *("kind", "consumer", "name", "employer_name", "street", "addition", "postcode", "city", "country"),
            *("region", "email", "phone", "language", "vat_id", "buyer_reference"),
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
            "phone": _("Phone"),
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
        """Only a person can be a consumer; of whoever buys nothing a name is enough."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("kind") != Party.Kind.PERSON or told.get("consumer"):
            for name in ("street", "postcode", "city", "email"):
                if not told.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        if told.get("employer_name") and told.get("kind") != Party.Kind.PERSON:
            self.add_error("employer_name", gettext("Only a person works for somebody."))
        if told.get("consumer") and told.get("kind") != Party.Kind.PERSON:
            self.add_error("consumer", gettext("Only a person can be a consumer."))
        if told.get("region") and told.get("country") != "DE":
            self.add_error("region", gettext("Federal states are asked for in Germany only."))
        return told

    def told(self, names: Iterable[str]) -> dict[str, Any]:
        """Return these columns as they were told; the employer is the one organisation of that name, if there is."""
        given = {name: self.cleaned_data[name] for name in names}
        if "employer_name" in given:
            employer = organisation_called(given["employer_name"])
            given |= {"employer": employer, "employer_name": "" if employer else given["employer_name"]}
        return given


class RoleForm(forms.Form):
    """What a party is, and since when."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    since = forms.DateField(label=_("Since"), widget=forms.DateInput(attrs={"type": "date"}))


class EmailForm(forms.Form):
    """A further address."""

    email = forms.EmailField(label=_("E-mail"), max_length=320)


class IdentifierForm(forms.Form):
    """A number by which a party is known elsewhere."""

    kind = forms.ChoiceField(label=_("Kind"), choices=NUMBERS)
    value = forms.CharField(label=_("Number"), max_length=100)


class MergeForm(forms.Form):
    """Of two records that are made one: whose word counts where they differ."""

    def __init__(
        self, *args: Any, differing: Sequence[tuple[str, tuple[Any, ...], tuple[Any, ...]]], kept: Party, gone: Party,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        for key, one, other in differing:
            shown = {
                "kept": company_of(kept) if key == "employer" else _told(one),
                "gone": company_of(gone) if key == "employer" else _told(other),
            }
            self.fields[key] = forms.ChoiceField(
                label=FIELD_NAMES[key], choices=list(shown.items()), widget=forms.RadioSelect, initial="kept"
            )

    @property
    def from_gone(self) -> list[str]:
        """The keys of what is taken from the record that goes."""
        return [key for key, whose in self.cleaned_data.items() if whose == "gone"]


def _told(values: tuple[Any, ...]) -> str:
    return ", ".join(gettext("yes") if value is True else str(value) for value in values if value) or gettext("no")


class ListForm(forms.Form):
    """A list of companies and people, as a file."""

    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, up to 2,000 rows and 5 MB"))
    kind = forms.ChoiceField(
        label=_("Rows that do not say what they are"),
        choices=((Party.Kind.PERSON, _("Persons")), (Party.Kind.ORGANISATION, _("Companies"))),
        widget=forms.RadioSelect,
        initial=Party.Kind.PERSON,
        help_text=_("Whoever has a first name or works for a company is a person anyway."),
    )


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
