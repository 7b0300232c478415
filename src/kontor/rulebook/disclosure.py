"""
Whether a customer's data may be passed on to a third party (crm §9.3, §16).

>>> may_disclose("contract", purpose="operation", reference="§9.2", documented=False).value
True
>>> may_disclose("permission", purpose="operation", reference="", documented=False).value
False
>>> may_disclose("contract", purpose="other", reference="§9.2", documented=False).working[0].en
'Data is passed on for the operation of the services only, or where a law demands it.'
"""

from typing import Final

from kontor.rulebook.ruling import Clause, Ruling, Text

BASES: Final = {
    "contract": Text("Der Vertrag verlangt oder erlaubt es", "The contract requires or allows it"),
    "permission": Text("Schriftliche Erlaubnis des Kunden", "The customer's written permission"),
    "law": Text("Ein Gesetz oder eine Behörde verlangt es", "A law or an authority demands it"),
}
PURPOSES: Final = {
    "operation": Text("Betrieb und Bereitstellung der Dienste", "Operation and provision of the services"),
    "other": Text("Anderes", "Something else"),
}
_BASIS: Final = Clause("crm", "§9.3")
_PURPOSE: Final = Clause("crm", "§16")


def may_disclose(basis: str, *, purpose: str, reference: str, documented: bool) -> Ruling[bool]:
    """
    Decide whether data may be passed on.

    basis       of BASES, "" where none is named; purpose  of PURPOSES
    reference   the clause or section that it rests on; a permission rests on its document
    documented  the written permission is there
    """
    inputs = (("basis", basis), ("purpose", purpose))
    if purpose != "operation" and basis != "law":
        return Ruling(False, (_PURPOSE,), inputs, (_ELSEWHERE,))
    if basis not in BASES or (basis != "permission" and not reference.strip()):
        return Ruling(False, (_BASIS,), inputs, (_NO_BASIS,))
    if basis == "permission" and not documented:
        return Ruling(False, (_BASIS,), inputs, (_NO_PAPER,))
    return Ruling(True, (_BASIS,), inputs, (BASES[basis],))


_ELSEWHERE: Final = Text(
    "Daten werden nur für den Betrieb der Dienste weitergegeben, oder wo ein Gesetz es verlangt.",
    "Data is passed on for the operation of the services only, or where a law demands it.",
)
_NO_BASIS: Final = Text(
    "Ohne Grundlage wird nichts weitergegeben: Nennen Sie die Klausel des Vertrags oder die Vorschrift.",
    "Nothing is passed on without a basis: name the clause of the contract or the section of the law.",
)
_NO_PAPER: Final = Text(
    "Die schriftliche Erlaubnis des Kunden fehlt: Legen Sie sie als PDF bei.",
    "The customer's written permission is missing: attach it as a PDF.",
)
