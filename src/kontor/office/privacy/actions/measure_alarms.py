"""Telling the house which technical and organisational measures nobody looked at in time."""

from datetime import date, datetime
from typing import Final

from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.kernel.links import absolute
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import day
from kontor.office.identity import public as identity
from kontor.office.privacy.queries.measures import Measure, measures
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.ruling import Text

_SUBJECT: Final = Text("Überprüfung von Maßnahmen überfällig", "Reviews of measures are overdue")


def tell_overdue(on: date, *, at: datetime) -> list[str]:
    """
    Mail the house's administrators which measures are overdue, and return their keys.

    Each is told on the day after its review was due, and all that are open on the first of a month, also those that
    nobody ever looked at.
    """
    house = Tenant.objects.get(pk=current_tenant())
    late = [each for each in measures(on) if each.overdue]
    due = late if on.day == 1 else [each for each in late if each.review_by == on - ONE_DAY]
    if not due:
        return []
    keys = [each.key for each in due]
    record("privacy.measures_overdue", house, at=at, actor=MACHINE, after={"measures": keys})
    identity.tell_administrators(_SUBJECT, _told(due), about=house, at=at)
    return keys


def _told(due: list[Measure]) -> Text:
    link = absolute("privacy:measures")
    german, english = ("\n".join(_line(each, language) for each in due) for language in ("de", "en"))
    return Text(
        f"Diese Maßnahmen wurden nicht rechtzeitig überprüft:\n\n{german}\n\nÜberprüfen: {link}",
        f"These measures were not reviewed in time:\n\n{english}\n\nReview them: {link}",
    )


def _line(measure: Measure, language: str) -> str:
    title = measure.title.spoken(language)
    if measure.review_by is None:
        return f"- {title}: {Text('noch nie überprüft', 'never reviewed').spoken(language)}"
    said = Text("fällig am {day}, zuständig {owner}", "due on {day}, {owner} answers for it").spoken(language)
    return f"- {title}: {said.format(day=day(measure.review_by, language), owner=measure.owner)}"
