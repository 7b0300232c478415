"""What an order confirmation says before its figures: thanks, which terms apply, and that no others do."""

from kontor.office.contracts.models import CustomerTerms, Offer
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.customer_terms import excluded, names_terms
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import said

_THANKS = Text(
    "wir danken für Ihren Auftrag und bestätigen ihn wie folgt.",
    "thank you for your order, which we confirm as follows.",
)


def confirmation_text(offer: Offer) -> str:
    """Return what a confirmation says if nobody words it otherwise, in the offer's language."""
    pack = pack_of_terms(offer.terms)
    sentences = [_THANKS]
    names, bars = _named_by(pack), _excluded_by(pack)
    if names:
        sentences.append(
            said(
                "Es gelten die Bedingungen „{title}“, Fassung {version}, mit ihren Anlagen ({clause}).",
                "The terms “{title}”, edition {version}, with their annexes apply ({clause}).",
                title=pack.title,
                version=pack.version,
                clause=names[0].number,
            )
        )
    if bars:
        sentences.append(
            said(
                "Andere Bedingungen, auch Ihre eigenen, gelten nicht ({clause}).",
                "Other terms, your own included, do not apply ({clause}).",
                clause=bars[0].number,
            )
        )
    return "\n\n".join(sentence.spoken(offer.language) for sentence in sentences)


def terms_named(offer: Offer, text: str) -> Ruling[bool]:
    """
    Return that a confirmation's words say which terms apply, where the pack asks for that.

    UnnamedTermsError where they do not.
    """
    pack = pack_of_terms(offer.terms)
    if clauses := _named_by(pack):
        return names_terms(text, (pack.title.spoken(offer.language), pack.version), clauses=clauses)
    return Ruling(True)


def customer_terms_ruling(offer: Offer) -> Ruling[bool]:
    """Return why a customer's own terms have no effect; RefusalError where the pack does not exclude them."""
    clauses = _excluded_by(pack_of_terms(offer.terms))
    return excluded(bool(clauses), clauses=clauses)


def excludes_customer_terms(pack: TermsPack) -> bool:
    """Tell whether a customer's own terms have no effect under a pack."""
    return bool(_excluded_by(pack))


def customer_terms_of(offer: Offer) -> list[CustomerTerms]:
    """Return the customer's own terms on file with an offer, the oldest first; one query."""
    return list(CustomerTerms.objects.filter(offer=offer).select_related("file").order_by("received_on", "at"))


def _named_by(pack: TermsPack) -> tuple[Clause, ...]:
    """Return the clauses that want the confirmation to name the terms; none where no clause does."""
    rule = pack.formation.confirmation_names_terms if pack.formation else None
    return rule.clauses if rule is not None and rule.value else ()


def _excluded_by(pack: TermsPack) -> tuple[Clause, ...]:
    rule = pack.formation.customer_terms_excluded if pack.formation else None
    return rule.clauses if rule is not None and rule.value else ()
