"""What customers are told by mail about work on the service."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kontor.office.service_levels.models import AvailabilityStatement, Maintenance
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import moment, month_named, said


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's subject and text."""

    subject: str
    text: str


def announced_mail(row: Maintenance, *, language: str, zone: str) -> Letter:
    """Return the announcement of work, in the contract's language and by its clocks."""
    start, end = (moment(each.astimezone(ZoneInfo(zone))) for each in (row.starts_at, row.ends_at))
    title = Text(row.title_de, row.title_en)
    subject = said("Wartung: {title}", "Maintenance: {title}", title=title)
    effect = (
        Text("Der Dienst ist in dieser Zeit nicht nutzbar.", "The service cannot be used in this time.")
        if row.stops
        else Text("Der Dienst bleibt nutzbar.", "The service stays usable.")
    )
    text = said(
        "Guten Tag,\n\nwir arbeiten am Dienst: {title}.\n\nVon {start}\nbis {end}\n\n{effect}\n",
        "Hello,\n\nwe work on the service: {title}.\n\nFrom {start}\nto {end}\n\n{effect}\n",
        title=title,
        start=start,
        end=end,
        effect=effect,
    )
    return Letter(subject.spoken(language), text.spoken(language))


def report_mail(row: AvailabilityStatement, language: str) -> Letter:
    """Return the mail that carries a month's report."""
    month = month_named(row.month)
    subject = said(
        "Verfügbarkeitsbericht {month}, Vertrag {number}",
        "Availability report {month}, contract {number}",
        month=month,
        number=row.contract_number,
    )
    text = said(
        "Guten Tag,\n\nanbei der Bericht über die Verfügbarkeit im {month} zum Vertrag {number}.\n",
        "Hello,\n\nattached is the report on availability in {month} under contract {number}.\n",
        month=month,
        number=row.contract_number,
    )
    return Letter(subject.spoken(language), text.spoken(language))
