"""Licences for computers at sites (leisure, Art. 6 and 7), and the plans of each product (9.2)."""

from dataclasses import replace
from datetime import date

import pytest

from kontor.rulebook import terms
from kontor.rulebook.licence import (
    Answer,
    Granted,
    Licence,
    Request,
    granted_for,
    lasts,
    location_known,
    may_activate,
    may_copy,
    sites_fit,
)
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.terms.concluded import concluded
from kontor.rulebook.web_plans import plan_fits, sold_under

PACK = terms.load("leisure")
ON = date(2026, 5, 1)
YEARLY = Licence("gokarts", Granted.TERM, 3, ("Kiel", "Rostock"), date(2026, 1, 1), date(2026, 12, 31))
PERPETUAL = replace(YEARLY, granted=Granted.PERPETUAL, sites=("Kiel",), last=None)
THREE = ("c1", "c2", "c3")


def agreed(pack: str = "leisure", **values: str):
    return concluded(pack, terms.versions(pack)[-1], settings={}, agreed=values)


@pytest.mark.parametrize(
    ("licence", "request_", "given", "answer", "clause"),
    [
        (YEARLY, Request("Kiel", "c4"), {"active": ()}, Answer.GIVEN, "Art. 6"),
        (YEARLY, Request("Rostock", "c4"), {"active": ("c1", "c2")}, Answer.GIVEN, "Art. 6"),
        (YEARLY, Request("Kiel", "c2"), {"active": THREE}, Answer.KNOWN, "Art. 6"),
        (YEARLY, Request("Kiel", "c4"), {"active": THREE}, Answer.NO_PLACE, "Art. 6"),
        (YEARLY, Request("Lübeck", "c4"), {}, Answer.UNNAMED_SITE, "Art. 6"),
        (YEARLY, Request("Lübeck", "c4"), {"waiting": {"Lübeck"}}, Answer.SITE_WAITS, "Art. 7"),
        (PERPETUAL, Request("Rostock", "c4"), {}, Answer.SECOND_SITE, "Art. 6"),
        (PERPETUAL, Request("Kiel", "c4"), {"on": date(2096, 1, 1)}, Answer.GIVEN, "Art. 6"),
        (YEARLY, Request("Kiel", "c4", locked=True), {}, Answer.LOCKED, "Art. 6"),
        (YEARLY, Request("Kiel", "c4"), {"suspended": True}, Answer.SUSPENDED, "Art. 11"),
        (YEARLY, Request("Kiel", "c4"), {"on": date(2025, 12, 31)}, Answer.NOT_YET, "Art. 6"),
        (YEARLY, Request("Kiel", "c4"), {"on": date(2026, 12, 31)}, Answer.GIVEN, "Art. 6"),
        (YEARLY, Request("Kiel", "c4"), {"on": date(2027, 1, 1)}, Answer.ENDED, "Art. 6"),
    ],
)
def test_what_becomes_of_a_request(licence, request_, given, answer, clause):
    ruling = may_activate(PACK, licence, request_, **{"on": ON, **given})
    assert (ruling.value, ruling.clauses[0].number) == (answer, clause)
    assert ruling.value.activates == (answer in {Answer.GIVEN, Answer.KNOWN})


@pytest.mark.parametrize(
    ("granted", "breached", "last", "clauses"),
    [
        (Granted.TERM, False, ON, ["Art. 6", "Art. 1"]),
        (Granted.TERM, True, ON, ["Art. 6", "Art. 1"]),
        (Granted.PERPETUAL, False, None, ["Art. 6", "Art. 1"]),
        (Granted.PERPETUAL, True, ON, ["21.2"]),
    ],
)
def test_a_perpetual_licence_outlives_its_contract_unless_the_customer_broke_it(granted, breached, last, clauses):
    """21.2: the software goes back after any end; the signed offer ranks above (Art. 3), for good (Art. 6)."""
    ruling = lasts(PACK, granted, ends=ON, breached=breached)
    assert (ruling.value, [each.number for each in ruling.clauses]) == (last, clauses)


def test_the_last_day_of_a_licence_is_not_known_before_the_contracts_is():
    for granted in Granted:
        ruling = lasts(PACK, granted, ends=None, breached=granted is Granted.PERPETUAL)
        assert (ruling.value, ruling.working[-1].en) == (None, "No last day is known yet.")
    silent = lasts(terms.load("visitor"), Granted.PERPETUAL, ends=ON, breached=True)
    assert (silent.value, silent.clauses) == (ON, ())
    assert lasts(terms.load("visitor"), Granted.TERM, ends=ON, breached=False).clauses == ()


def test_the_refusal_says_what_holds():
    refused = may_activate(PACK, YEARLY, Request("Kiel", "c4"), on=ON, active=THREE)
    assert refused.working[-1].en == "3 of 3 computers are activated; release one or accept a further offer."
    refused = may_activate(PACK, PERPETUAL, Request("Rostock", "c4"), on=ON)
    assert refused.working[-1].de == "Die Dauerlizenz gilt nur an Kiel; Rostock wäre ein zweiter Standort."


@pytest.mark.parametrize(
    ("granted", "sites", "fits"),
    [
        (Granted.PERPETUAL, ["Kiel"], True),
        (Granted.PERPETUAL, ["Kiel", "Rostock"], False),
        (Granted.TERM, ["Kiel", "Rostock"], True),
        (Granted.TERM, [], False),
    ],
)
def test_for_good_at_one_site_for_a_term_at_those_named(granted, sites, fits):
    ruling = sites_fit(PACK, granted, sites)
    assert (ruling.value, str(ruling.clauses[0])) == (fits, "Art. 6")


def test_the_offer_says_for_how_long():
    assert granted_for(agreed(**{"licence.granted_for": "perpetual"})).value is Granted.PERPETUAL
    assert granted_for(agreed(**{"licence.granted_for": "limited_term"})).value is Granted.TERM
    with pytest.raises(RefusalError, match="is to be agreed in the offer"):
        granted_for(agreed())
    silent = PACK.model_copy(update={"licence": PACK.licence.model_copy(update={"granted_for": None})})
    with pytest.raises(RefusalError, match="does not say for how long"):
        granted_for(silent)
    with pytest.raises(RefusalError, match="license no computers"):
        granted_for(agreed("crm"))


@pytest.mark.parametrize(
    ("kept", "notices", "provided", "allowed", "says"),
    [
        (0, True, False, True, "A backup copy is allowed, only to replace a destroyed original."),
        (1, True, False, False, "1 backup copy is allowed, and it is registered already."),
        (0, False, False, False, "The copy must carry every copyright notice."),
        (0, True, True, False, "The provider supplies the backup copy."),
    ],
)
def test_one_copy_with_its_notices(kept, notices, provided, allowed, says):
    ruling = may_copy(PACK, kept=kept, notices=notices, provided=provided)
    assert (ruling.value, ruling.working[-1].en, str(ruling.clauses[0])) == (allowed, says, "Art. 6")


def test_terms_that_say_nothing_allow_no_copy():
    silent = PACK.model_copy(update={"licence": PACK.licence.model_copy(update={"backup_copies": None})})
    assert (may_copy(silent, kept=0, notices=True, provided=False).value) is False


def test_a_network_is_known_where_it_was_reported_for_the_site():
    known = location_known(PACK, "Kiel", reported=("192.0.2.0/24",), network="192.0.2.0/24")
    strange = location_known(PACK, "Kiel", reported=("192.0.2.0/24",), network="198.51.100.0/24")
    assert [(each.value, str(each.clauses[0])) for each in (known, strange)] == [(True, "Art. 7"), (False, "Art. 7")]
    silent = PACK.model_copy(update={"cooperation": None})
    assert location_known(silent, "Kiel", reported=(), network="192.0.2.0/24").clauses == ()


@pytest.mark.parametrize(
    ("plan", "products", "fits", "says"),
    [
        ("web_pro", {"gokarts"}, True, "The plan is sold with: Leisure centre."),
        ("web_pro", {"goracing"}, False, "The plan is sold with: Leisure centre."),
        ("web_premium", {"goracing"}, False, "The plan is sold with: Leisure centre."),
        ("live_timing", {"goracing"}, True, "The plan is sold with: Leisure centre, Racing and timing."),
        ("live_timing", {"gokarts"}, True, "The plan is sold with: Leisure centre, Racing and timing."),
        ("live_graphics", {"goracing"}, True, "The plan is sold with: Racing and timing."),
        ("live_graphics", {"gokarts"}, False, "The plan is sold with: Racing and timing."),
        ("web_pro", set(), False, "The plan is sold with: Leisure centre."),
        ("gokarts", set(), True, "The plan needs no product."),
        ("parking", set(), True, "The plan needs no product."),
    ],
)
def test_a_plan_belongs_to_its_product(plan, products, fits, says):
    ruling = plan_fits(PACK, plan, products)
    assert (ruling.value, ruling.working[0].en) == (fits, says)


def test_terms_that_license_no_suspension_name_none():
    silent = PACK.model_copy(update={"arrears": None, "cooperation": None})
    found = [may_activate(silent, YEARLY, Request("Lübeck", "c4"), on=ON, **given).clauses
             for given in ({"suspended": True}, {"waiting": {"Lübeck"}})]  # fmt: skip
    assert found == [(), ()]
    bare = PACK.licence.model_copy(update={"perpetual_sites": None})
    fits = sites_fit(PACK.model_copy(update={"licence": bare}), Granted.PERPETUAL, ["Kiel", "Rostock"])
    assert fits.value is True


def test_a_price_list_may_open_products_and_their_plans():
    plans = {"web_pro", "web_premium", "live_timing", "live_graphics"}
    assert sold_under(PACK) >= {"gokarts", "goracing"} | plans
    assert "web_pro" not in sold_under(terms.load("crm"))
