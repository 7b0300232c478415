"""IBANs that people type: proved by their check digits and their bank's pattern, and known to lie within SEPA."""

from dataclasses import dataclass

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


class WrongIbanError(RefusalError):
    """An account number that cannot be right, or that no SEPA payment reaches."""


@dataclass(frozen=True, slots=True)
class CheckedIban:
    """An IBAN without spaces, and its bank's BIC where the register knows it."""

    number: str
    bic: str


def checked_iban(text: str) -> CheckedIban:
    """
    Return the IBAN; WrongIbanError where its check digits are wrong or its country takes no part in SEPA.

    >>> checked_iban("DE89 3704 0044 0532 0130 00")
    CheckedIban(number='DE89370400440532013000', bic='COBADEFFXXX')
    """
    try:
        found = IBAN(text)
    except SchwiftyException as error:
        raise WrongIbanError(
            Text(
                "Diese IBAN kann nicht stimmen; bitte mit der Bankkarte vergleichen.",
                "This IBAN cannot be right; compare it with the bank card.",
            )
        ) from error
    if not found.in_sepa_zone:
        raise WrongIbanError(
            Text(
                f"Konten in {found.country_code} erreicht keine SEPA-Lastschrift.",
                f"No SEPA direct debit reaches accounts in {found.country_code}.",
            )
        )
    return CheckedIban(str(found), str(found.bic or ""))
