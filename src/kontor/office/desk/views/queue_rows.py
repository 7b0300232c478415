"""
The rows of the queue, written as Python: fifty of them are read and drawn at each look, so no template walks them.

What the rows share (words, icons, the address) is settled once for a page.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kontor.kernel.links import addresses
from kontor.kernel.templatetags.chips import avatar, icon
from kontor.kernel.templatetags.figures import due
from kontor.kernel.wording import moment, spoken
from kontor.office.desk.queries.spoken import class_words, promise_words

SOON: Final = timedelta(hours=2, minutes=30)
_ONE_DAY: Final = timedelta(days=1)
Row = Any  # a row of queries.queue.COLUMNS


@dataclass(frozen=True, slots=True)
class Section:
    """Requests that break in the same span of time, drawn."""

    key: str
    title: str
    count: int
    body: SafeString


@dataclass(slots=True)
class _Writer:
    """What the rows of one page share."""

    now: datetime
    pick: bool
    url: Callable[[Row], str] = field(default_factory=lambda: addresses("desk:ticket"))
    choose: str = field(default_factory=lambda: escape(_("Choose")))
    still: str = ""
    nobody: str = ""
    why: dict[tuple[str, ...], str] = field(default_factory=dict)
    faces: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        nobody = escape(_("nobody yet"))
        self.still = (
            f'<span class="k-clock k-clock--still">{escape(_("stands"))}<small>{escape(_("waits"))}</small></span>'
        )
        self.nobody = (
            f'<span class="k-avatar k-avatar--free" title="{nobody}">{icon("user-plus")}'
            f'<span class="k-sr">{nobody}</span></span>'
        )

    def row(self, row: Row, tone: str) -> str:
        who, subject = escape(row.customer_name or row.requester_name), escape(row.subject)
        name = f"D-{row.number}"
        pick = (
            f'<input class="form-check-input k-queue__pick" type="checkbox" name="ticket" value="{row.pk}"'
            f' aria-label="{self.choose} {name}" data-k-pick>'
            if self.pick
            else ""
        )
        return (
            f'<li><a class="k-queue__go" href="{self.url(row)}" data-k-stop aria-label="{subject}, {who}"></a>{pick}'
            f'{self._clock(row)}<span class="k-queue__what"><b>{subject}</b><span class="k-sub">{who} · '
            f'<span class="k-nowrap">{name}</span></span></span>'
            f'<span class="k-queue__why">{self._why(row)}{self._burn(row, tone)}</span>{self._face(row)}</li>'
        )

    def _clock(self, row: Row) -> str:
        if row.next_due is not None:
            return due(row.next_due, self.now)
        return self.still if row.still_since else '<span class="k-clock k-clock--still">–</span>'

    def _why(self, row: Row) -> str:
        key = (row.next_promise, row.class_key, row.pack, row.version)
        if key not in self.why:
            named = [promise_words(row.next_promise)] if row.next_promise else []
            if row.class_key:
                named.append(class_words(row.pack, row.version, row.class_key))
            self.why[key] = escape(", ".join(spoken(each) for each in named))
        return self.why[key]

    def _burn(self, row: Row, tone: str) -> str:
        if row.next_due is None:
            return ""
        classes = f"k-burn k-burn--{tone}" if tone else "k-burn"
        return (
            f'<span class="{classes}" aria-hidden="true"><i class="to-{_burnt(row, self.now)}"></i></span>'
            f'<span class="k-sub">{escape(moment(row.next_due))}</span>'
        )

    def _face(self, row: Row) -> str:
        if row.assignee is None:
            return self.nobody
        if row.assignee_name not in self.faces:
            self.faces[row.assignee_name] = avatar(row.assignee_name)
        return self.faces[row.assignee_name]


def sections(rows: Sequence[Row], now: datetime, *, closed: bool, pick: bool) -> Iterator[Section]:
    """Yield the rows of a page, those of one span of time together, in the order they come in; pick: with boxes."""
    titles = {
        "over": _("Promise broken"),
        "soon": _("Within two and a half hours"),
        "today": _("Today"),
        "tomorrow": _("Tomorrow"),
        "later": _("Later"),
        "still": _("No clock runs"),
        "closed": _("Closed"),
    }  # fmt: skip
    grouped: dict[str, list[str]] = {}
    today, writer = localdate(now), _Writer(now, pick)
    for row in rows:
        key = "closed" if closed else _span(row, now, today)
        grouped.setdefault(key, []).append(writer.row(row, key if key in {"over", "soon"} else ""))
    for key, found in grouped.items():
        yield Section(key, titles[key], len(found), mark_safe("".join(found)))  # noqa: S308  each part is escaped


def _span(row: Row, now: datetime, today: date) -> str:
    if row.next_due is None:
        return "still"
    if row.next_due < now:
        return "over"
    if row.next_due < now + SOON:
        return "soon"
    on = localdate(row.next_due)
    if on <= today:
        return "today"
    return "tomorrow" if on == today + _ONE_DAY else "later"


def _burnt(row: Row, now: datetime) -> int:
    """Return how much of a row's time is used up, per mille in steps of five."""
    if row.counted_from is None or row.next_due <= row.counted_from:
        return 0
    share: float = (now - row.counted_from) / (row.next_due - row.counted_from)
    return min(1000, max(0, round(share * 200) * 5))
