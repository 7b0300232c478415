import pytest

from kontor.rulebook.duration import Duration, DurationError, Unit


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("24 clock hours", 24, Unit.CLOCK_HOURS),
        ("1 clock hour", 1, Unit.CLOCK_HOURS),
        ("9 office hours", 9, Unit.OFFICE_HOURS),
        ("5 working days", 5, Unit.WORKING_DAYS),
        ("30 days", 30, Unit.DAYS),
        ("4 weeks", 4, Unit.WEEKS),
        ("3 months", 3, Unit.MONTHS),
        ("1 year", 1, Unit.YEARS),
    ],
)
def test_a_duration_is_read_and_written_back_alike(text: str, amount: int, unit: Unit):
    duration = Duration.parse(text)
    assert (duration.amount, duration.unit) == (amount, unit)
    assert str(duration) == text


@pytest.mark.parametrize(
    "text",
    ["24 hours", "3", "months", "3 Monate", "1.5 months", "-3 months", "3  months", "", "³ months", "9999999 days"],
)
def test_a_length_without_a_known_unit_is_refused_by_name(text: str):
    with pytest.raises(DurationError) as refused:
        Duration.parse(text)
    assert str(refused.value) == (
        f"“{text}”: expected a whole number and one of "
        "clock hours, office hours, working days, days, weeks, months, years."
    )


def test_nothing_is_no_duration():
    with pytest.raises(DurationError, match=r"“0 months”: expected a positive whole number\."):
        Duration.parse("0 months")


@pytest.mark.parametrize(
    ("text", "duration"), [("P12M", "12 months"), ("P1Y", "1 year"), ("P4W", "4 weeks"), ("P30D", "30 days")]
)
def test_the_iso_forms_with_one_calendar_unit_are_read(text: str, duration: str):
    assert Duration.from_iso(text) == Duration.parse(duration)


@pytest.mark.parametrize("text", ["12M", "P12", "PT24H", "P1Y6M", "P-1M", "p12m"])
def test_other_iso_forms_are_refused(text: str):
    with pytest.raises(DurationError) as refused:
        Duration.from_iso(text)
    assert refused.value.text.de == f"„{text}“: erwartet wird eine Dauer wie P12M, P1Y, P4W oder P30D."


@pytest.mark.parametrize(
    ("text", "de", "dative"),
    [
        ("1 month", "1 Monat", "1 Monat"),
        ("3 months", "3 Monate", "3 Monaten"),
        ("30 days", "30 Tage", "30 Tagen"),
        ("4 weeks", "4 Wochen", "4 Wochen"),
        ("24 clock hours", "24 Stunden", "24 Stunden"),
        ("1 year", "1 Jahr", "1 Jahr"),
    ],
)
def test_a_duration_is_spoken_in_german(text: str, de: str, dative: str):
    duration = Duration.parse(text)
    assert duration.spoken == (de, text)
    assert duration.spoken_dative == (dative, text)


def test_each_kind_counts_in_its_own_unit_only():
    assert Duration.parse("2 years").months == 24
    assert Duration.parse("3 months").months == 3
    assert Duration.parse("2 weeks").days == 14
    assert Duration.parse("2 days").days == 2
    assert Duration.parse("9 office hours").hours == 9
    assert Duration.parse("24 clock hours").hours == 24
    assert Duration.parse("1 year").counts_months
    assert not Duration.parse("1 day").counts_months


@pytest.mark.parametrize(
    ("text", "asked", "message"),
    [
        ("30 days", "months", "“30 days”: expected months or years."),
        ("1 month", "days", "“1 month”: expected days or weeks."),
        ("1 day", "hours", "“1 day”: expected clock hours or office hours."),
    ],
)
def test_asking_for_another_unit_is_refused(text: str, asked: str, message: str):
    with pytest.raises(DurationError) as refused:
        getattr(Duration.parse(text), asked)
    assert str(refused.value) == message


def test_durations_of_one_kind_compare():
    assert Duration.parse("12 months") <= Duration.parse("1 year")
    assert not Duration.parse("13 months") <= Duration.parse("1 year")
    assert Duration.parse("1 week") <= Duration.parse("7 days")
    assert Duration.parse("5 working days") <= Duration.parse("6 working days")


def test_durations_of_different_kinds_do_not_compare():
    with pytest.raises(DurationError):
        _ = Duration.parse("30 days") <= Duration.parse("1 month")
    with pytest.raises(DurationError):
        _ = Duration.parse("24 clock hours") <= Duration.parse("24 office hours")
    with pytest.raises(TypeError):
        _ = Duration.parse("30 days") <= 30
