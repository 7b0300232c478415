"""Which processors this installation has: those whose keys its environment holds, and the fake in the demo."""

from django.conf import settings
from django.urls import reverse

from kontor.office.books.actions.processors.card import CardProcessor
from kontor.office.books.actions.processors.fake import FakeProcessor
from kontor.office.books.actions.processors.interface import Processor
from kontor.office.books.actions.processors.paypal import PayPal


class UnknownProcessorError(LookupError):
    """No processor of this name is set up here."""


def processors() -> dict[str, Processor]:
    """Return the processors by key; they belong to the house, so nobody else's invoices are paid through them."""
    found: list[Processor] = []
    told = settings.KONTOR_PROCESSORS
    paypal = (told["paypal_client"], told["paypal_secret"], told["paypal_webhook"])
    if all(paypal):
        found.append(PayPal(*paypal, told["paypal_address"]))
    if told["card_key"] and told["card_webhook"]:
        found.append(CardProcessor(told["card_key"], told["card_webhook"], told["card_address"]))
    if settings.KONTOR_DEMO:
        found.append(FakeProcessor(settings.SECRET_KEY, settings.KONTOR_BASE_URL + reverse("books:fake-processor")))
    return {each.key: each for each in found}


def processor(key: str) -> Processor:
    """Return one of them; UnknownProcessorError where it is not set up."""
    try:
        return processors()[key]
    except KeyError as error:
        raise UnknownProcessorError(key) from error
