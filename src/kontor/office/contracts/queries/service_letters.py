"""The mail that offers a service beside a contract."""

from typing import Final

from kontor.kernel.links import absolute
from kontor.office.contracts.models import ServiceOrder
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.paper import day
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.money import Money
from kontor.rulebook.service_order import Every, services_of

_OFFERED: Final = {
    "de": (
        "Angebot für eine Leistung zu Vertrag {number}",
        "Guten Tag,\n\nwir bieten Ihnen zum Vertrag {number} an:\n\n{kind}: {told}\n{amount} netto, {often}, zuerst am "
        "{first}, insgesamt {times} Mal\n\nAnnehmen oder ablehnen können Sie bis zum {until}:\n{link}\n\n"
        "Grundlage: {clause}\n",
    ),
    "en": (
        "Offer of a service under contract {number}",
        "Hello,\n\nunder contract {number} we offer you:\n\n{kind}: {told}\n{amount} net, {often}, first on {first}, "
        "{times} times in all\n\nYou can accept or decline it until {until}:\n{link}\n\nIt rests on: {clause}\n",
    ),
}


def service_mail(order: ServiceOrder, amount: Money) -> Letter:
    """Return the mail with what is offered, for how much, when and how often."""
    contract = order.contract
    language = contract.terms["language"]
    subject, text = _OFFERED[language]
    named = {
        "number": contract.number,
        "kind": services_of(pack_of_terms(contract.terms))[order.kind].spoken(language),
        "told": order.told,
        "amount": amount.text.spoken(language),
        "often": Every(order.every).spoken.spoken(language),
        "first": day(order.first_on, language),
        "times": order.times,
        "until": day(order.valid_until, language),
        "link": absolute("contracts:account-corrections", contract.pk),
        "clause": order.clause,
    }
    return Letter(subject.format(**named), text.format(**named))
