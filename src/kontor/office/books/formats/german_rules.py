"""
What XRechnung 3.0 asks beyond EN 16931: the BR-DE rules and the Peppol rules that its official build merges in.

No package ships them, so they are written here over the model, as far as the model can break them: cards, attachments,
cash discounts and sub-lines are outside it. The sentences are our own; rule numbers and severities are the standard's.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kontor.office.books.formats.finding import Finding, Severity
from kontor.office.books.formats.invoice import Invoice, Kind, Means, Party, Payment
from kontor.rulebook.ruling import Text
from kontor.rulebook.vat_rates import VatCategory

_EMAIL = re.compile(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")
_TRANSFERS = (Means.CREDIT_TRANSFER, Means.SEPA_CREDIT_TRANSFER)


@dataclass(frozen=True, slots=True)
class _Rule:
    number: str
    severity: Severity
    broken: Callable[[Invoice], bool]
    de: str
    en: str


def german_findings(invoice: Invoice) -> tuple[Finding, ...]:
    """Return which rules of XRechnung 3.0 the invoice breaks, in the standard's order."""
    broken = (rule for rule in _RULES if rule.broken(invoice))
    named = tuple(Finding(rule.severity, rule.number, Text(rule.de, rule.en)) for rule in broken)
    return (*named, *_line_periods(invoice))


def _seller(part: Callable[[Party], str]) -> Callable[[Invoice], bool]:
    return lambda invoice: not part(invoice.seller)


def _contact(part: str) -> Callable[[Invoice], bool]:
    # Without any contact BR-DE-2 speaks; these three are about a contact that is there.
    return lambda invoice: invoice.seller.contact is not None and not getattr(invoice.seller.contact, part)


def _paid(means: tuple[Means, ...], broken: Callable[[Payment], bool]) -> Callable[[Invoice], bool]:
    return lambda invoice: invoice.payment is not None and invoice.payment.means in means and broken(invoice.payment)


def _untaxed_seller(invoice: Invoice) -> bool:
    taxed = any(line.category != VatCategory.OUTSIDE for line in invoice.lines)
    return taxed and not (invoice.seller.vat_id or invoice.seller.tax_number)


def _no_day_of_supply(invoice: Invoice) -> bool:
    everywhere = all(line.period for line in invoice.lines)
    return not (invoice.delivered or invoice.period or everywhere)


def _few_digits(invoice: Invoice) -> bool:
    contact = invoice.seller.contact
    return contact is not None and bool(contact.phone) and sum(sign.isdigit() for sign in contact.phone) < 3  # noqa: PLR2004 - BR-DE-27 says three


def _odd_email(invoice: Invoice) -> bool:
    contact = invoice.seller.contact
    return contact is not None and bool(contact.email) and not _EMAIL.fullmatch(contact.email)


def _wrong_iban(iban: str) -> bool:
    compact = iban.replace(" ", "").upper()
    if not _IBAN.fullmatch(compact):
        return True
    # ISO 7064: the first four signs go last, letters count from ten, the rest by 97 is one.
    digits = "".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])
    return int(digits) % 97 != 1


def _mandated(payment: Payment) -> bool:
    return bool(payment.mandate or payment.creditor_id or payment.debtor_iban)


def _line_periods(invoice: Invoice) -> Iterator[Finding]:
    if invoice.period is None:
        return
    for line in invoice.lines:
        if line.period and line.period.first < invoice.period.first:
            yield _outside("PEPPOL-EN16931-R110", line.number, Text("beginnt vor", "begins before"))
        if line.period and line.period.last > invoice.period.last:
            yield _outside("PEPPOL-EN16931-R111", line.number, Text("endet nach", "ends after"))


def _outside(rule: str, line: str, how: Text) -> Finding:
    return Finding(
        Severity.FATAL,
        rule,
        Text(
            f"Der Zeitraum der Position {line} {how.de} dem Zeitraum der Rechnung.",
            f"The period of line {line} {how.en} the invoice's period.",
        ),
        f"line {line}",
    )


def _fatal(number: str, broken: Callable[[Invoice], bool], de: str, en: str) -> _Rule:
    return _Rule(number, Severity.FATAL, broken, de, en)


def _warning(number: str, broken: Callable[[Invoice], bool], de: str, en: str) -> _Rule:
    return _Rule(number, Severity.WARNING, broken, de, en)


_RULES = (
    _fatal(
        "BR-DE-1",
        lambda invoice: invoice.payment is None,
        "Die Angabe fehlt, wie zu zahlen ist.",
        "How to pay is missing.",
    ),
    _fatal(
        "BR-DE-2",
        lambda invoice: invoice.seller.contact is None,
        "Der Ansprechpartner des Verkäufers fehlt.",
        "The seller's contact is missing.",
    ),
    _fatal(
        "BR-DE-3",
        _seller(lambda party: party.address.city),
        "Der Ort des Verkäufers fehlt.",
        "The seller's city is missing.",
    ),
    _fatal(
        "BR-DE-4",
        _seller(lambda party: party.address.post_code),
        "Die Postleitzahl des Verkäufers fehlt.",
        "The seller's post code is missing.",
    ),
    _fatal("BR-DE-5", _contact("name"), "Der Name des Ansprechpartners fehlt.", "The contact's name is missing."),
    _fatal(
        "BR-DE-6",
        _contact("phone"),
        "Die Telefonnummer des Ansprechpartners fehlt.",
        "The contact's telephone is missing.",
    ),
    _fatal(
        "BR-DE-7",
        _contact("email"),
        "Die E-Mail-Adresse des Ansprechpartners fehlt.",
        "The contact's e-mail is missing.",
    ),
    _fatal(
        "BR-DE-8",
        lambda invoice: not invoice.buyer.address.city,
        "Der Ort des Käufers fehlt.",
        "The buyer's city is missing.",
    ),
    _fatal(
        "BR-DE-9",
        lambda invoice: not invoice.buyer.address.post_code,
        "Die Postleitzahl des Käufers fehlt.",
        "The buyer's post code is missing.",
    ),
    _fatal(
        "BR-DE-15",
        lambda invoice: not invoice.buyer_reference.strip(),
        "Die Referenz des Käufers fehlt (Leitweg-ID, Bestellzeichen oder Kundennummer).",
        "The buyer's reference is missing (Leitweg-ID, their sign or the customer number).",
    ),
    _fatal(
        "BR-DE-16",
        _untaxed_seller,
        "Umsatzsteuer-Identnummer oder Steuernummer des Verkäufers fehlt.",
        "The seller's VAT id or tax number is missing.",
    ),
    _warning(
        "BR-DE-19",
        _paid((Means.SEPA_CREDIT_TRANSFER,), lambda payment: bool(payment.iban) and _wrong_iban(payment.iban)),
        "Die IBAN des Verkäufers ist keine gültige IBAN.",
        "The seller's IBAN is not a valid IBAN.",
    ),
    _warning(
        "BR-DE-20",
        _paid(
            (Means.SEPA_DIRECT_DEBIT,), lambda payment: bool(payment.debtor_iban) and _wrong_iban(payment.debtor_iban)
        ),
        "Die IBAN des Käufers ist keine gültige IBAN.",
        "The buyer's IBAN is not a valid IBAN.",
    ),
    _fatal(
        "BR-DE-23-a",
        _paid(_TRANSFERS, lambda payment: not payment.iban),
        "Das Konto fehlt, auf das zu überweisen ist.",
        "The account to transfer to is missing.",
    ),
    _fatal(
        "BR-DE-23-b",
        _paid(_TRANSFERS, _mandated),
        "Eine Überweisung nennt kein Lastschriftmandat.",
        "A transfer names no direct debit mandate.",
    ),
    _fatal(
        "BR-DE-25-a",
        _paid((Means.SEPA_DIRECT_DEBIT,), lambda payment: not _mandated(payment)),
        "Die Angaben zur Lastschrift fehlen.",
        "The direct debit's details are missing.",
    ),
    _fatal(
        "BR-DE-25-b",
        _paid((Means.SEPA_DIRECT_DEBIT,), lambda payment: bool(payment.iban)),
        "Eine Lastschrift nennt kein Konto des Verkäufers.",
        "A direct debit names no account of the seller.",
    ),
    _warning(
        "BR-DE-26",
        lambda invoice: invoice.kind == Kind.CORRECTION and not invoice.preceding,
        "Eine korrigierte Rechnung nennt die Rechnung, die sie ersetzt.",
        "A corrected invoice names the invoice it replaces.",
    ),
    _warning(
        "BR-DE-27",
        _few_digits,
        "Die Telefonnummer hat weniger als drei Ziffern.",
        "The telephone has under three digits.",
    ),
    _warning(
        "BR-DE-28", _odd_email, "Die E-Mail-Adresse des Ansprechpartners ist keine.", "The contact's e-mail is none."
    ),
    _fatal(
        "BR-DE-30",
        _paid((Means.SEPA_DIRECT_DEBIT,), lambda payment: _mandated(payment) and not payment.creditor_id),
        "Die Gläubiger-Identifikationsnummer fehlt.",
        "The creditor identifier is missing.",
    ),
    _fatal(
        "BR-DE-31",
        _paid((Means.SEPA_DIRECT_DEBIT,), lambda payment: _mandated(payment) and not payment.debtor_iban),
        "Die IBAN fehlt, von der eingezogen wird.",
        "The IBAN to collect from is missing.",
    ),
    _Rule(
        "BR-DE-TMP-32",
        Severity.INFORMATION,
        _no_day_of_supply,
        "Tag oder Zeitraum der Leistung fehlt; § 14 (4) Nr. 6 UStG verlangt ihn.",
        "The day or period of supply is missing; section 14 (4) no. 6 UStG wants it.",
    ),
    _fatal(
        "PEPPOL-EN16931-R010",
        lambda invoice: not invoice.buyer.electronic_address,
        "Die elektronische Adresse des Käufers fehlt.",
        "The buyer's electronic address is missing.",
    ),
    _fatal(
        "PEPPOL-EN16931-R020",
        lambda invoice: not invoice.seller.electronic_address,
        "Die elektronische Adresse des Verkäufers fehlt.",
        "The seller's electronic address is missing.",
    ),
    _fatal(
        "PEPPOL-EN16931-R061",
        _paid((Means.SEPA_DIRECT_DEBIT,), lambda payment: not payment.mandate),
        "Die Mandatsreferenz fehlt.",
        "The mandate reference is missing.",
    ),
)
