"""The machinery of terms packs: finding, reading, asking."""

from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest
from pydantic import ValidationError

from kontor.rulebook import terms
from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import NotAgreedError, Setting, SilentError, Stated, ToBeAgreed, files, given
from kontor.rulebook.terms.units import Amount, Flag, Percent, Span

PACK = terms.load("visitor")


def test_packs_are_found_by_key():
    assert terms.keys() == ("bookkeeping", "crm", "dealership", "leisure", "visitor")


def test_the_newest_version_is_loaded_unless_one_is_named(tmp_path, monkeypatch):
    text = terms.path("visitor", "2026-01").read_text(encoding="utf-8")
    (tmp_path / "visitor-2026-01.toml").write_text(text, encoding="utf-8")
    newer = text.replace('version = "2026-01"', 'version = "2027-04"', 1).replace("2026-01-01", "2027-04-01", 1)
    (tmp_path / "visitor-2027-04.toml").write_text(newer, encoding="utf-8")
    (tmp_path / "packs.lock").touch()
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    assert terms.versions("visitor") == ("2026-01", "2027-04")
    assert terms.load("visitor").in_force_from == date(2027, 4, 1)
    assert terms.load("visitor", version="2026-01").in_force_from == date(2026, 1, 1)


def test_a_pack_is_read_once():
    assert terms.load("visitor") is terms.load("visitor", version="2026-01")


@pytest.mark.parametrize(("key", "version"), [("nobody", None), ("visitor", "1999-01")])
def test_what_nobody_has_is_not_loaded(key, version):
    with pytest.raises(KeyError):
        terms.load(key, version)


def test_the_law_of_a_contract_is_that_of_its_country():
    assert terms.law_of(terms.load("leisure")).country == "FR"


def test_the_law_of_a_country_without_a_pack_is_silence():
    assert terms.law_of(terms.load("crm")) is None


def test_a_value_knows_clause_rows_and_origin():
    period = PACK.notice.period
    assert (period.value, period.clause, period.rows, period.origin) == (
        Duration.parse("3 months"),
        Clause("visitor", "4.6.1", "2026-01"),
        ("FW-026",),
        "terms",
    )


def test_further_clauses_stand_behind_the_deciding_one():
    assert [str(clause) for clause in PACK.term.counted_from.clauses] == ["4.6.1", "3.1", "2.2"]


def test_values_come_with_their_dotted_keys_in_the_order_of_the_sections():
    found = dict(PACK.values())
    assert found["incidents.classes.class_1.reaction"] is PACK.incidents.classes["class_1"].reaction
    assert list(found)[:2] == ["formation.formed_by", "formation.steps"]
    assert all(isinstance(value, Stated | Setting | ToBeAgreed) for value in found.values())


def test_a_value_is_found_by_its_dotted_key():
    assert PACK.value("notice.period") is PACK.notice.period
    assert PACK.value("retention.kinds.customer_data.keep").value == Duration.parse("4 weeks")


@pytest.mark.parametrize(
    "key", ["arrears.lump_sum", "index.formula", "metering.meters.mails", "incidents.classes.x.repair"]
)
def test_a_key_the_contract_does_not_have_is_silence(key):
    assert PACK.value(key) is None


@pytest.mark.parametrize("key", ["notice.perod", "nothing", "notice", "retention.kinds", "notice.period.value"])
def test_a_key_no_contract_can_have_is_an_error(key):
    with pytest.raises(KeyError):
        PACK.value(key)


def test_a_clause_of_the_table_can_be_cited_and_no_other():
    assert PACK.clause("4.6.1") == Clause("visitor", "4.6.1", "2026-01")
    with pytest.raises(KeyError):
        PACK.clause("99")


def test_nothing_in_a_pack_can_be_changed():
    with pytest.raises(ValidationError):
        PACK.notice.period.value = Duration.parse("1 month")
    with pytest.raises(ValidationError):
        PACK.notice = None
    assert type(PACK.clauses) is MappingProxyType
    with pytest.raises(TypeError):
        PACK.incidents.classes["class_4"] = PACK.incidents.classes["class_3"]


def test_the_contract_answers_before_its_law():
    law = terms.law("de")
    assert given(PACK.notice.counts, law.notice.counts, key="notice.counts") is PACK.notice.counts


def test_the_law_answers_where_the_contract_is_silent():
    law = terms.law("de")
    answer = given(PACK.arrears.lump_sum, law.arrears.lump_sum, key="arrears.lump_sum")
    assert (answer.value.bare(), str(answer.clause)) == ("40.00", "BGB § 288 (5)")


def test_silence_of_both_is_said():
    with pytest.raises(SilentError) as silent:
        given(PACK.term.renews_by, None, key="term.renews_by")
    assert silent.value.text == Text(
        "Weder der Vertrag noch sein Recht regeln term.renews_by.",
        "Neither the contract nor its law says anything about term.renews_by.",
    )
    assert silent.value.key == "term.renews_by"


def test_the_law_does_not_answer_for_what_the_offer_must_say():
    law = terms.law("de")
    with pytest.raises(NotAgreedError) as blank:
        given(terms.load("leisure").invoicing.due, law.invoicing.default_after, key="invoicing.due")
    assert str(blank.value.clause) == "Art. 11"
    assert (
        blank.value.text.de
        == "„Zahlungsziel der Rechnungen vor der ersten Verlängerung“ ist im Angebot zu vereinbaren (Art. 11)."
    )


@pytest.mark.parametrize(
    ("pack", "key", "asks"),
    [
        ("visitor", "term.initial", "duration"),
        ("visitor", "invoicing.interval", "choice"),
        ("visitor", "subprocessors.mode", "choice"),
        ("leisure", "support.fault_address", "text"),
        ("leisure", "invoicing.dates", "dates"),
        ("leisure", "mailing.thresholds.bounces", "percent"),
    ],
)
def test_a_blank_tells_the_form_what_to_ask(pack, key, asks):
    assert terms.load(pack).value(key).asks == asks


@pytest.mark.parametrize(
    ("pack", "key", "options"),
    [
        ("visitor", "subprocessors.mode", ("specific", "general")),
        ("visitor", "invoicing.interval", ("month", "quarter", "year")),
        ("leisure", "invoicing.interval", ("quarter", "year")),
        ("visitor", "term.initial", ()),
    ],
)
def test_a_choice_to_be_agreed_offers_its_words(pack, key, options):
    assert terms.load(pack).value(key).options == options


@pytest.mark.parametrize(
    ("pack", "key", "admitted"),
    [
        ("visitor", "blocking.working_days", "one of mon_fri, mon_sat"),
        ("leisure", "mailing.interested_within", "at least 3 months and at most 6 months"),
        ("visitor", "blocking.holidays", "any value"),
    ],
)
def test_bounds_are_told_in_words(pack, key, admitted):
    assert terms.load(pack).value(key).admitted == admitted


def test_values_can_be_built_in_code_as_well():
    cited = Clause("sample", "1")
    assert Stated[Span](value=Duration.parse("3 months"), clause=cited).clause is cited
    assert Stated[Percent](value=Decimal(98), clause=cited).value == Decimal(98)
    assert Stated[Amount](value=Money("EUR", 40_00), clause=cited).value == Money("EUR", 40_00)
    note = Text("Anmerkung", "Note")
    assert Stated[Flag](value=True, clause=cited, note=note).note == note
