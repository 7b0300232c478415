"""Values are said as readers say them."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import TermsPack, load
from kontor.rulebook.terms.spoken import spoken_entry, spoken_value
from kontor.rulebook.terms.units import HolidayRule, Item, Measure, Rule, Window


def window(days: list[str], opens: str, closes: str, later: int = 0) -> Window:
    return Window.model_validate({"days": days, "from": opens, "to": closes, "days_later": later})


@pytest.mark.parametrize(
    ("value", "de", "en"),
    [
        (True, "ja", "yes"),
        (False, "nein", "no"),
        (25_000, "25.000", "25,000"),
        (Decimal("99.8"), "99,8", "99.8"),
        (date(2015, 6, 18), "18.06.2015", "18 June 2015"),
        (Money.parse("40.00", "EUR"), "40,00 €", "€40.00"),
        ("quarter", "vierteljährlich", "quarterly"),
        ("Annecy", "Annecy", "Annecy"),
        (("sent", "Annecy"), "ab Absendung, Annecy", "from sending, Annecy"),
        (Rule(name="price_times_index", shown="P = Po × S / So"), "P = Po × S / So", "P = Po × S / So"),
        (None, "None", "None"),
    ],
)
def test_plain_values(value: object, de: str, en: str):
    assert spoken_value(value) == Text(de, en)


def test_a_list_whose_entries_have_commas_is_joined_by_semicolons():
    items = (Item(key="one", de="Eins, zwei", en="One and two"), Item(key="three", de="Drei", en="Three"))
    assert spoken_value(items) == Text("Eins, zwei; Drei", "One and two; Three")
    assert spoken_value(items[1:] * 2) == Text("Drei, Drei", "Three, Three")


@pytest.mark.parametrize(
    ("hours", "de", "en"),
    [
        (window(["mon", "tue", "wed", "thu", "fri"], "08:00", "16:00"), "Mo–Fr 08:00–16:00", "Mon–Fri 08:00–16:00"),
        (window(["mon", "wed", "thu"], "08:00", "16:00"), "Mo, Mi, Do 08:00–16:00", "Mon, Wed, Thu 08:00–16:00"),
        (window(["sat", "sun"], "09:00", "24:00"), "Sa, So 09:00–24:00", "Sat, Sun 09:00–24:00"),
        (
            window(["fri", "sat", "sun", "holiday"], "09:00", "22:00"),
            "Fr–So, Feiertage 09:00–22:00",
            "Fri–Sun, public holidays 09:00–22:00",
        ),
        (window(["sat"], "07:00", "22:00", 1), "Sa 07:00 – So 22:00", "Sat 07:00 – Sun 22:00"),
        (window(["sun"], "20:00", "06:00", 1), "So 20:00 – Mo 06:00", "Sun 20:00 – Mon 06:00"),
        (
            window(["holiday"], "20:00", "06:00", 1),
            "Feiertage 20:00 – 06:00 am nächsten Tag",
            "public holidays 20:00 – 06:00 on the next day",
        ),
        (
            window(["mon", "tue"], "20:00", "06:00", 2),
            "Mo, Di 20:00 – 06:00, 2 Tage später",
            "Mon, Tue 20:00 – 06:00, 2 days later",
        ),
    ],
)
def test_windows(hours: Window, de: str, en: str):
    assert spoken_value(hours) == Text(de, en)


@pytest.mark.parametrize(
    ("rule", "de", "en"),
    [
        (HolidayRule(country="LT"), "gesetzliche Feiertage (LT)", "public holidays (LT)"),
        (
            HolidayRule(country="DE", subdivision="BY", days=("12-24", "12-31")),
            "gesetzliche Feiertage (DE-BY), dazu 24.12., 31.12.",
            "public holidays (DE-BY), and 24 Dec, 31 Dec",
        ),
        (HolidayRule(days=("01-01", "easter+1")), "1.1., Ostersonntag +1", "1 Jan, Easter Sunday +1"),
    ],
)
def test_holidays(rule: HolidayRule, de: str, en: str):
    assert spoken_value(rule) == Text(de, en)


@pytest.mark.parametrize(
    ("quota", "de", "en"),
    [
        (Measure(amount=15, unit="GB", limit="hard"), "15 GB, nicht mehr", "15 GB, no more"),
        (
            Measure(amount=25_000, unit="mails", per="month", limit="soft"),
            "25.000 E-Mails im Monat, darüber berechnet",
            "25,000 mails per month, charged beyond",
        ),
    ],
)
def test_quotas(quota: Measure, de: str, en: str):
    assert spoken_value(quota) == Text(de, en)


def test_an_entry_is_said_with_its_unit_and_in_the_sense_of_its_concept():
    pack = load("crm", version="2026-01")
    said = {key: spoken_entry(key, entry) for key, entry in pack.values()}
    assert said["service_level.availability"] == Text("99,8 %", "99.8 %")
    assert said["notice.counts"] == Text("Absendung", "sending")
    assert said["jurisdiction.law"] == Text("Norwegen", "Norway")
    assert said["invoicing.due"] == Text("im Angebot zu vereinbaren", "to be agreed in the offer")


@pytest.mark.parametrize(
    ("source", "key", "german", "english"),
    [
        (
            load("leisure"),
            "arrears.interest",
            "Betrag × 3 × gesetzlicher Zinssatz × Tage / 365",
            "amount × 3 × legal interest rate × days / 365",
        ),
        (load("leisure"), "index.formula", "P = Po × S / So", "P = Po × S / So"),
    ],
)
def test_a_formula_with_words_is_read_in_both_languages(source: TermsPack, key: str, german: str, english: str):
    assert spoken_entry(key, source.value(key)) == Text(german, english)
