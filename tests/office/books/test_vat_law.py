"""Which tax law is known follows from the law packs, not from code."""

import pytest

from kontor.office.books.queries.vat import vat_law
from kontor.rulebook import terms
from kontor.rulebook.refusal import RefusalError


@pytest.mark.parametrize("country", sorted(terms.laws()))
def test_each_law_pack_decides_vat_for_its_country(country: str):
    assert vat_law(country.upper()).country == country.upper()


def test_a_country_without_a_law_pack_is_refused_by_name():
    assert terms.laws() == ("de", "fr")
    with pytest.raises(RefusalError) as refused:
        vat_law("NO")
    assert refused.value.text.en == "No tax law is on file for sellers in NO; DE and FR are known."
