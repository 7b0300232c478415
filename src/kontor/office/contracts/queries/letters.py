"""The mails that go with offers and contracts, in the customer's language."""

from dataclasses import dataclass

from kontor.office.contracts.models import Offer
from kontor.office.contracts.queries.paper import day


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text of a mail."""

    subject: str
    text: str


_OFFER = {
    "de": (
        "Angebot {number}",
        "Guten Tag,\n\nanbei erhalten Sie unser Angebot {number}. Es gilt bis {until}.\n\n"
        "Ansehen und annehmen:\n{link}\n\nFragen beantworten wir gern auf diese Nachricht.\n",
    ),
    "en": (
        "Offer {number}",
        "Hello,\n\nplease find our offer {number} attached. It is valid until {until}.\n\n"
        "Read and accept it here:\n{link}\n\nPlease answer this message with any question.\n",
    ),
}
_CONFIRMATION = {
    "de": (
        "Auftragsbestätigung {number}",
        "Guten Tag,\n\nwir bestätigen Ihren Auftrag zum Angebot {offer}. "
        "Die Auftragsbestätigung {number} liegt bei.\n\n"
        "Sobald Ihr Zugang eingerichtet ist, erhalten Sie eine Einladung.\n",
    ),
    "en": (
        "Order confirmation {number}",
        "Hello,\n\nwe confirm your order under offer {offer}. Order confirmation {number} is attached.\n\n"
        "You will receive an invitation as soon as your account has been set up.\n",
    ),
}


def offer_mail(offer: Offer, *, link: str, language: str) -> Letter:
    """Return the mail that carries an offer and the link to it."""
    subject, text = _OFFER[language]
    until = day(offer.valid_until, language)
    return Letter(subject.format(number=offer.number), text.format(number=offer.number, until=until, link=link))


def confirmation_mail(number: str, *, offer: str, language: str) -> Letter:
    """Return the mail that carries an order confirmation."""
    subject, text = _CONFIRMATION[language]
    return Letter(subject.format(number=number), text.format(number=number, offer=offer))
