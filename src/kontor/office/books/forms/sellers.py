"""The form of a seller."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from kontor.office.books.models import Seller

COUNTRIES = (("DE", _("Germany")), ("FR", _("France")))
ZONES = (("Europe/Berlin", "Europe/Berlin"), ("Europe/Paris", "Europe/Paris"), ("Europe/Oslo", "Europe/Oslo"))
LANGUAGES = (("de", _("German")), ("en", _("English")))


class SellerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A legal entity that sells; its country decides VAT, so only countries whose law is on file are offered."""

    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES)
    zone = forms.ChoiceField(label=_("Time zone"), choices=ZONES, help_text=_("Decides which day it is."))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)

    class Meta:
        model = Seller
        fields = (
            "name",
            "street",
            "postcode",
            "city",
            "country",
            "vat_id",
            "tax_number",
            "registration",
            "legal_note",
            "contact_name",
            "phone",
            "email",
            "bank",
            "iban",
            "bic",
            "creditor_id",
            "prenotification_days",
            "tolerance_minor",
            "number_prefix",
            "zone",
            "language",
        )
        labels = {
            "name": _("Name"),
            "street": _("Street and number"),
            "postcode": _("Postcode"),
            "city": _("City"),
            "vat_id": _("VAT number"),
            "tax_number": _("Tax number"),
            "registration": _("Register entry"),
            "legal_note": _("Further particulars"),
            "contact_name": _("Contact"),
            "phone": _("Telephone"),
            "email": _("E-mail"),
            "bank": _("Bank"),
            "iban": _("IBAN"),
            "bic": _("BIC"),
            "creditor_id": _("Creditor identifier"),
            "prenotification_days": _("Days from notice to direct debit"),
            "tolerance_minor": _("Tolerated difference in cents"),
            "number_prefix": _("Before each number"),
        }
        help_texts = {
            "prenotification_days": _("Where the contract names none; the SEPA rulebook says 14 if nothing is agreed."),
            "tolerance_minor": _("So little missing closes the other invoices; nobody is reminded of the rest."),
            "legal_note": _("Managing directors, registered office: stands at the foot of each document."),
            "number_prefix": _("Such as NK: invoices are then NK-RE-2026-00001."),
        }
        widgets = {"legal_note": forms.Textarea(attrs={"rows": 2})}

    def clean_iban(self) -> str:
        """Return the IBAN without spaces, its check digits proved."""
        try:
            return str(IBAN(self.cleaned_data["iban"]))
        except SchwiftyException as error:
            raise forms.ValidationError(_("This IBAN cannot be right; compare it with the bank card.")) from error

    def clean(self) -> dict[str, Any]:
        """An invoice names the seller's VAT or tax number (section 14 (4) no. 2 of the German VAT act)."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("vat_id") and not given.get("tax_number"):
            self.add_error("vat_id", _("An invoice needs a VAT number or a tax number."))
        return given
