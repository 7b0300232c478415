"""A bad pack is refused with a sentence that names file, key, what was expected and what was found."""

import pytest

from kontor.rulebook.terms import PackError, parse_law, parse_terms

FILE = "sample-2026-01.toml"
HEAD = """
key = "sample"
version = "2026-01"
title = { de = "Probe", en = "Sample" }
in_force_from = 2026-01-01
language = "de"
law = "de"
zone = "Europe/Berlin"
[roles]
provider = { de = "Anbieter", en = "Provider" }
customer = { de = "Kunde", en = "Customer" }
"""
CLAUSES = """
[clauses."1"]
heading = { de = "Eins", en = "One" }
sentence = { de = "Ein Satz.", en = "A sentence." }
"""


def findings(body: str, *, head: str = HEAD, file: str = FILE) -> list[str]:
    with pytest.raises(PackError) as refused:
        parse_terms(head + body + CLAUSES, file=file)
    assert str(refused.value) == "\n".join(map(str, refused.value.findings))
    return [str(finding).removeprefix(f"{file}, ") for finding in refused.value.findings]


def test_a_good_pack_is_read():
    pack = parse_terms(HEAD + '[notice]\nperiod = { value = "3 months", clause = "1" }' + CLAUSES, file=FILE)
    assert [key for key, _ in pack.values()] == ["notice.period"]


UNITS = "clock hours, office hours, working days, days, weeks, months, years"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            '[notice]\nperiod = { value = "24 hours", clause = "1" }',
            f'notice.period.value: expected a whole number and one of {UNITS}, found "24 hours".',
        ),
        (
            '[notice]\nperiod = { value = 3, clause = "1" }',
            f"notice.period.value: expected a whole number and one of {UNITS}, found 3.",
        ),
        (
            '[service_level]\navailability = { value = "98", clause = "1" }',
            'service_level.availability.value: expected a percentage such as "98 %", found "98".',
        ),
        (
            '[service_level]\navailability = { value = 98.0, clause = "1" }',
            'service_level.availability.value: expected a percentage such as "98 %", found 98.0.',
        ),
        (
            '[arrears]\nlump_sum = { value = "40", clause = "1" }',
            'arrears.lump_sum.value: expected an amount with its currency, such as "40 EUR", found "40".',
        ),
        (
            '[arrears]\nlump_sum = { value = "40 EURO", clause = "1" }',
            'arrears.lump_sum.value: expected an amount with its currency, such as "40 EUR", found "40 EURO".',
        ),
        (
            '[support]\nhours = { value = [{ days = ["mon"], from = "9:00", to = "18:00" }], clause = "1" }',
            'support.hours.value[1].from: expected a time of day from "00:00" to "24:00", found "9:00".',
        ),
        (
            '[support]\nhours = { value = [{ days = ["mon"], from = "09:00", to = "24:30" }], clause = "1" }',
            'support.hours.value[1].to: expected a time of day from "00:00" to "24:00", found "24:30".',
        ),
        (
            '[support]\nhours = { value = [{ days = ["mon"], from = "18:00", to = "09:00" }], clause = "1" }',
            'support.hours.value[1]: expected "to" after "from", found a table with days, from, to.',
        ),
        (
            '[support]\nholidays = { value = { days = ["02-30"] }, clause = "1" }',
            'support.holidays.value.days[1]: expected a day such as "12-24" or "easter+1", found "02-30".',
        ),
        (
            '[support]\nholidays = { value = { subdivision = "BY" }, clause = "1" }',
            "support.holidays.value: expected a country, or a closed list of days, found a table with subdivision.",
        ),
        (
            '[support]\nholidays = { value = { days = ["12-24", "12-24"] }, clause = "1" }',
            "support.holidays.value: expected each day once, found a table with days.",
        ),
        (
            '[notice]\ncounts = { value = "dispatched", clause = "1" }',
            "notice.counts.value: expected 'sent' or 'received', found \"dispatched\".",
        ),
        (
            '[invoicing]\ndates = { value = ["1.2.2026"], clause = "1" }',
            'invoicing.dates.value[1]: expected a day such as "2026-02-01", found "1.2.2026".',
        ),
        (
            '[invoicing]\ndates = { value = ["2026-05-01", "2026-02-01"], clause = "1" }',
            "invoicing.dates.value: expected days in order, each once, found a list of 2.",
        ),
        (
            '[prices]\nnet = { value = "yes", clause = "1" }',
            'prices.net.value: expected a valid boolean, found "yes".',
        ),
        (
            '[metering.meters]\nstorage = { value = { amount = 0, unit = "GB", limit = "hard" }, clause = "1" }',
            "metering.meters.storage.value.amount: expected greater than 0, found 0.",
        ),
    ],
)
def test_a_wrong_unit_or_value(body, sentence):
    assert findings(body) == [sentence]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            '[notice]\nperiod = { value = "3 months" }',
            "notice.period.clause: expected this key, which must not be missing, found nothing.",
        ),
        (
            '[notice]\nperiod = { value = "3 months", clause = "" }',
            'notice.period.clause: expected a clause number such as "4.6.1", found "".',
        ),
        (
            '[notice]\nperiod = { value = "3 months", clause = "9" }',
            'notice.period.clause: expected a clause of the table [clauses], found "9".',
        ),
        (
            '[notice]\nperiod = { value = "3 months", clause = "1", also = ["8"] }',
            'notice.period.clause: expected a clause of the table [clauses], found "8".',
        ),
        (
            '[prices.added_on_top]\nclause = "1"\nvalue = [{ key = "tax", de = "Steuer", en = "Tax", clause = "7" }]',
            'prices.added_on_top.tax.clause: expected a clause of the table [clauses], found "7".',
        ),
    ],
)
def test_a_missing_or_unknown_clause(body, sentence):
    assert findings(body) == [sentence]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            '[notice]\nperiood = { value = "3 months", clause = "1" }',
            'notice.periood: expected a known key, perhaps period, found the unknown "periood".',
        ),
        ("[xyzzy]\nplugh = 1", 'xyzzy: expected a known key, found the unknown "xyzzy".'),
        (
            '[notice]\nperiod = { value = "3 months", clause = "1", unit = "months" }',
            'notice.period.unit: expected a known key, found the unknown "unit".',
        ),
        (
            '[notice]\nperiod = { value = "3 months", clause = "1", origin = "offer" }',
            'notice.period.origin: expected no such key: only a concluded contract has it, found "offer".',
        ),
        (
            '[notice]\nperiod = { vlue = "3 months", clause = "1" }',
            "notice.period: expected a table with exactly one of value, setting, agreed, "
            "found a table with vlue, clause.",
        ),
        (
            '[notice]\nperiod = { value = "3 months", agreed = true, clause = "1" }',
            "notice.period: expected a table with exactly one of value, setting, agreed, "
            "found a table with value, agreed, clause.",
        ),
        (
            "[notice]\nperiod = 3",
            "notice.period: expected a table with exactly one of value, setting, agreed, found 3.",
        ),
    ],
)
def test_an_unknown_key_or_shape(body, sentence):
    assert findings(body) == [sentence]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            '[notice]\nperiod = { value = "3 months", clause = "1", rows = ["FW-026", "FW-026"] }',
            "notice.period.rows: expected each entry once, found a list of 2.",
        ),
        (
            '[prices.added_on_top]\nclause = "1"\n'
            'value = [{ key = "tax", de = "Steuer", en = "Tax" }, { key = "tax", de = "Abgabe", en = "Duty" }]',
            "prices.added_on_top.value: expected each key once, tax stands twice, found a list of 2.",
        ),
    ],
)
def test_a_duplicate(body, sentence):
    assert findings(body) == [sentence]


def test_a_key_that_stands_twice_in_the_file():
    period = 'period = { value = "3 months", clause = "1" }\n'
    (sentence,) = findings("[notice]\n" + period + period)
    assert sentence.startswith("the file: expected TOML in which each key stands once, found Cannot overwrite a value")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            '[notice.counts]\nsetting = "sent"\nchoices = ["received"]\nclause = "1"\nreason = { de = "x", en = "x" }',
            "notice.counts: expected a default among its own choices or inside its own range, "
            "found a table with setting, choices, clause, reason.",
        ),
        (
            '[notice.period]\nsetting = "2 months"\nleast = "3 months"\nclause = "1"\nreason = { de = "x", en = "x" }',
            "notice.period: expected a default among its own choices or inside its own range, "
            "found a table with setting, least, clause, reason.",
        ),
        (
            '[notice]\ncounts = { setting = "sent", choices = ["sent"], clause = "1" }',
            "notice.counts.reason: expected this key, which must not be missing, found nothing.",
        ),
        (
            '[notice]\ncounts = { setting = "sent", clause = "1", reason = { de = "x" } }',
            'notice.counts.reason: expected a table with exactly "de" and "en", found a table with de.',
        ),
        (
            '[notice]\ncounts = { setting = "sent", clause = "1", reason = { de = "x", en = " " } }',
            "notice.counts.reason: expected a sentence in both languages, found a table with de, en.",
        ),
        (
            '[term]\ninitial = { agreed = true, clause = "1" }',
            "term.initial.label: expected this key, which must not be missing, found nothing.",
        ),
        (
            '[term]\ninitial = { agreed = false, clause = "1", label = { de = "x", en = "x" } }',
            "term.initial.agreed: expected True, found false.",
        ),
    ],
)
def test_a_setting_or_blank_that_is_none(body, sentence):
    assert findings(body) == [sentence]


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ('law = "de"', 'law = "it"', "law: expected 'de', 'fr' or 'no', found \"it\"."),
        ('version = "2026-01"', 'version = "1"', None),
        ('zone = "Europe/Berlin"', 'zone = "Berlin"', None),
        ('language = "de"\n', "", "language: expected this key, which must not be missing, found nothing."),
    ],
)
def test_a_wrong_head(good, bad, sentence):
    (found,) = findings("", head=HEAD.replace(good, bad))
    assert found == (sentence or found)
    assert found.startswith(bad.partition(" ")[0] or good.partition(" ")[0])


def test_a_file_that_is_not_named_after_its_pack():
    assert findings("", file="other-2026-01.toml") == [
        "key and version: expected the file name sample-2026-01.toml, found other-2026-01.toml."
    ]


def test_everything_wrong_is_told_at_once():
    body = '[notice]\nperiod = { value = "3", clause = "1" }\nto = { value = "some day", clause = "1" }\n'
    assert [sentence.partition(":")[0] for sentence in findings(body)] == ["notice.period.value", "notice.to.value"]


def test_a_law_pack_is_held_to_its_clauses_too():
    head = 'key = "law-xx"\nversion = "2026-01"\ncountry = "DE"\nin_force_from = 2026-01-01\n'
    head += 'title = { de = "Recht", en = "Law" }\n'
    body = '[[vat]]\nkind = "standard"\npercent = "19 %"\nfrom = 2007-01-01\nclause = "2"\nconfirmed = true\n'
    grounds = '[vat_grounds]\nAE = ["3"]\n'
    with pytest.raises(PackError) as refused:
        parse_law(head + body + grounds + CLAUSES, file="law-xx-2026-01.toml")
    assert [str(finding) for finding in refused.value.findings] == [
        'law-xx-2026-01.toml, vat[1].clause: expected a clause of the table [clauses], found "2".',
        'law-xx-2026-01.toml, vat_grounds.AE.clause: expected a clause of the table [clauses], found "3".',
    ]
