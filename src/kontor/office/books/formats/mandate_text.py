"""
What the account holder declares in a SEPA mandate, as the rulebooks of the European Payments Council word it.

The wording belongs to the scheme: a mandate that says something else is none. Its hash proves what was shown.
"""

import hashlib

from kontor.rulebook.collecting import Scheme
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said

_CORE = Text(
    "Wir ermächtigen {creditor}, Zahlungen von unserem Konto mittels Lastschrift einzuziehen. Zugleich weisen wir "
    "unser Kreditinstitut an, die von {creditor} auf unser Konto gezogenen Lastschriften einzulösen. Hinweis: Wir "
    "können innerhalb von acht Wochen, beginnend mit dem Belastungsdatum, die Erstattung des belasteten Betrages "
    "verlangen. Es gelten dabei die mit unserem Kreditinstitut vereinbarten Bedingungen.",
    "By signing this mandate form, you authorise {creditor} to send instructions to your bank to debit your "
    "account and your bank to debit your account in accordance with the instructions from {creditor}. As part of "
    "your rights, you are entitled to a refund from your bank under the terms and conditions of your agreement "
    "with your bank. A refund must be claimed within 8 weeks starting from the date on which your account was "
    "debited.",
)
_B2B = Text(
    "Wir ermächtigen {creditor}, Zahlungen von unserem Konto mittels Lastschrift einzuziehen. Zugleich weisen wir "
    "unser Kreditinstitut an, die von {creditor} auf unser Konto gezogenen Lastschriften einzulösen. Hinweis: "
    "Dieses Mandat dient nur dem Einzug von Lastschriften, die auf Konten von Unternehmen gezogen sind. Wir sind "
    "nicht berechtigt, nach der erfolgten Einlösung eine Erstattung des belasteten Betrages zu verlangen. Wir "
    "sind berechtigt, unser Kreditinstitut bis zum Fälligkeitstag anzuweisen, Lastschriften nicht einzulösen.",
    "By signing this mandate form, you authorise {creditor} to send instructions to your bank to debit your "
    "account and your bank to debit your account in accordance with the instructions from {creditor}. This "
    "mandate is only intended for business-to-business transactions. You are not entitled to a refund from your "
    "bank after your account has been debited, but you are entitled to request your bank not to debit your "
    "account up until the day on which the payment is due.",
)
TITLES = {
    Scheme.CORE: Text("SEPA-Lastschriftmandat", "SEPA Direct Debit Mandate"),
    Scheme.B2B: Text("SEPA-Firmenlastschrift-Mandat", "SEPA Business-to-Business Direct Debit Mandate"),
}


def mandate_text(scheme: Scheme, creditor: str) -> Text:
    """Return the declaration in both languages."""
    wording = _CORE if scheme is Scheme.CORE else _B2B
    return said(wording.de, wording.en, creditor=creditor)


def mandate_hash(scheme: Scheme, *, creditor: str, creditor_id: str) -> bytes:
    """Return the SHA-256 over scheme, creditor identifier and both texts, German first, a zero byte between."""
    text = mandate_text(scheme, creditor)
    return hashlib.sha256(f"{scheme.value}\0{creditor_id}\0{text.de}\0{text.en}".encode()).digest()
