"""Direct debits: first or recurrent, how long a mandate lives, and until when the money can be had back."""

from datetime import date

import pytest

from kontor.rulebook.calendar import BANK_DAYS
from kontor.rulebook.collecting import (
    CollectionRefusedError,
    RefundRight,
    Scheme,
    refund_right,
    refuse_early,
    submit_by,
    too_late,
)
from kontor.rulebook.ruling import Ruling


def test_a_business_to_business_debit_cannot_be_had_back() -> None:
    """SEPA Direct Debit B2B rulebook 4.3.4: the debtor has no right to a refund of an authorised collection."""
    ruling = refund_right(date(2026, 4, 7), Scheme.B2B)
    assert ruling.value == RefundRight(None, None)
    assert ruling.working[0].en == "The business-to-business scheme gives no right to a refund."
    # Core, of the same day: 8 weeks are Tuesday 2 June 2026, 13 months are 7 May 2027
    assert refund_right(date(2026, 4, 7), Scheme.CORE).value == RefundRight(date(2026, 6, 2), date(2027, 5, 7))


def test_a_debit_neither_comes_before_its_day_nor_on_a_day_without_target() -> None:
    earliest = Ruling(date(2026, 4, 2))
    with pytest.raises(CollectionRefusedError, match="the earliest day is Thu 2 April 2026"):
        refuse_early(date(2026, 4, 1), earliest)
    assert date(2026, 4, 3) not in BANK_DAYS  # Good Friday
    with pytest.raises(CollectionRefusedError, match="TARGET is closed on Fri 3 April 2026"):
        refuse_early(date(2026, 4, 3), earliest)
    assert refuse_early(date(2026, 4, 7), earliest).value == date(2026, 4, 7)


def test_the_file_is_with_the_bank_a_bank_day_before() -> None:
    # Tuesday 7 April 2026 follows Easter: Monday, Sunday, Saturday and Friday TARGET rests
    assert submit_by(date(2026, 4, 7)).value == date(2026, 4, 2)
    assert (too_late(date(2026, 4, 7), date(2026, 4, 2)), too_late(date(2026, 4, 7), date(2026, 4, 3))) == (False, True)
