"""What staff type to begin an offer: for whom, from which prices, under which terms."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from kontor.kernel.forms import ChoiceWithHint, DayField
from kontor.kernel.wording import language, spoken
from kontor.office.books import public as books
from kontor.rulebook import terms

_NEW_CUSTOMER = ("name", "street", "postcode", "city", "email")


class BeginForm(forms.Form):
    """
    A new offer; the customer is one we know, or a new one written down in place.

    customers  (id, name) of those we know; price_lists  those valid today; sellers  id -> name
    """

    whose = ChoiceWithHint(label=_("Customer"), options=())
    party = forms.ChoiceField(label=_("Which one"), required=False)
    name = forms.CharField(label=_("Company"), max_length=200, required=False)
    street = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=_("Town"), max_length=100, required=False)
    country = forms.RegexField(
        r"^[A-Z]{2}$",
        label=_("Country"),
        required=False,
        initial="DE",
        help_text=_("Two letters, such as DE or FR"),
        error_messages={"invalid": _("A country has two capital letters, such as DE.")},
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=320, required=False, help_text=_("The offer is sent to this address")
    )
    vat_id = forms.CharField(label=_("VAT number"), max_length=20, required=False)
    price_list = forms.ChoiceField(label=_("Price list"))
    terms = forms.ChoiceField(label=_("Terms"), help_text=_("Pack and edition; the newest edition stands first"))
    language = forms.ChoiceField(
        label=_("Language of the offer"), choices=[("de", _("German")), ("en", _("English"))], initial="de"
    )
    valid_until = DayField(label=_("Valid until"), help_text=_("To the end of this day in the seller's zone"))

    def __init__(
        self,
        *args: Any,
        customers: Sequence[tuple[uuid.UUID, str]],
        price_lists: Sequence[books.ListedPrices],
        sellers: dict[uuid.UUID, str],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.lists = today, {str(one.id): one for one in price_lists}
        known = [("known", _("One we know"), ""), ("new", _("A new one"), "")]
        self.fields["whose"] = ChoiceWithHint(
            label=_("Customer"), options=known if customers else known[1:], initial="known" if customers else "new"
        )
        self.fields["party"].choices = [("", "—"), *((str(pk), name) for pk, name in customers)]  # type: ignore[attr-defined]
        self.fields["price_list"].choices = [  # type: ignore[attr-defined]
            (key, f"{one.name} · {sellers[one.seller]}") for key, one in self.lists.items()
        ]
        self.fields["terms"].choices = editions()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the customer in one of the two ways, and for a price list and terms that belong together."""
        given = self.cleaned_data
        if given.get("whose") == "known" and not given.get("party"):
            self.add_error("party", gettext("Choose a customer, or write down a new one."))
        if given.get("whose") == "new":
            for name in _NEW_CUSTOMER:
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, gettext("A new customer needs this."))
        if (until := given.get("valid_until")) and until < self.today:
            self.add_error("valid_until", gettext("This day has passed."))
        prices = self.lists.get(given.get("price_list", ""))
        if prices and prices.pack and given.get("terms") and self.pack[0] != prices.pack:
            title = spoken(terms.load(prices.pack).title)
            self.add_error("terms", gettext("This price list is made for the terms “%(title)s”.") % {"title": title})
        return given

    @property
    def pack(self) -> tuple[str, str]:
        """Key and version of the terms chosen."""
        key, _space, version = self.cleaned_data["terms"].partition(" ")
        return key, version

    @property
    def prices(self) -> books.ListedPrices:
        """The price list chosen."""
        return self.lists[self.cleaned_data["price_list"]]

    @property
    def customer(self) -> dict[str, Any]:
        """The columns of a new customer."""
        names = (*_NEW_CUSTOMER, "country", "vat_id")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]} | {
            "language": self.cleaned_data["language"]
        }


def editions() -> list[tuple[str, str]]:
    """Return every pack in every edition to choose from, by title, the newest edition first."""
    edition = gettext("%(title)s, edition %(version)s")
    rows = [
        (pack.title.spoken(language()), pack.version, f"{key} {pack.version}")
        for key in terms.keys()  # noqa: SIM118  a function of the module
        for pack in (terms.load(key, version) for version in terms.versions(key))
    ]
    newest_first = sorted(sorted(rows, key=lambda row: row[1], reverse=True), key=lambda row: row[0])
    return [(value, edition % {"title": title, "version": version}) for title, version, value in newest_first]
