"""What the report of a month says on paper."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kontor.office.desk.queries.own_promises import zone_of
from kontor.office.desk.queries.report import Line, Report
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import month_named, said

TITLE = Text("Bericht über die Fristen", "Report on promised times")


def promise_paper(report: Report, *, head: Mapping[str, Any], customer: str, language: str) -> dict[str, Any]:
    """Return what `desk/typst/promises.typ` prints; `head` is the letter's, the report's lines are explained."""
    month = month_named(report.month).spoken(language)
    highest = max([each.it.met + each.it.missed for each in report.sums], default=1) or 1
    return {
        **head,
        "title": f"{TITLE.spoken(language)}, {month}",
        "month": month,
        "customer": customer,
        "result": _result(report).spoken(language),
        "sums": [
            {
                "label": f"{each.class_words.spoken(language)}, {each.words.spoken(language)}",
                "met": each.it.met,
                "missed": each.it.missed,
                "dropped": each.it.dropped,
                "met_share": each.it.met / highest,
                "missed_share": each.it.missed / highest,
            }
            for each in report.sums
        ],
        "lines": [_line(each, language) for each in report.lines],
    }


def _result(report: Report) -> Text:
    total = report.total
    if total.kept is None:
        return Text("in diesem Monat wurde keine Frist fällig.", "no promised time fell due in this month.")
    return said(
        "von {all} fälligen Fristen wurden {met} gehalten und {missed} gerissen; {dropped} sind entfallen.",
        "of {all} promised times that fell due {met} were kept and {missed} missed; {dropped} were no longer owed.",
        all=total.met + total.missed,
        met=total.met,
        missed=total.missed,
        dropped=total.dropped,
    )


def _line(line: Line, language: str) -> dict[str, Any]:
    promise, why = line.it, line.why
    zone = zone_of(promise.ticket)
    return {
        "number": promise.ticket.name,
        "subject": promise.ticket.subject,
        "promise": f"{line.class_words.spoken(language)}, {line.words.spoken(language)}",
        "due": _local(promise.due, zone),
        "done": _local(promise.ended, zone) if promise.ended else "",
        "standing": _plain(line, language),
        "clause": str(why.clauses[0]) if why and why.clauses else "",
        "working": " ".join(step.spoken(language) for step in why.working) if why else "",
    }


def _plain(line: Line, language: str) -> str:
    label = line.badge.label
    return label.spoken(language) if isinstance(label, Text) else str(label)


def _local(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
