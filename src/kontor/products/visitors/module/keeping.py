"""What of visits goes by itself: how long they stay is settled for each kind and site, since no contract says it."""

from typing import Final

from django.db.models import Exists, OuterRef, Q

from kontor.kernel.keeping import Keeping
from kontor.products.visitors.models import CardIssue
from kontor.rulebook.ruling import Text

# a card that is neither back nor lost is looked for, and only its visit says in whose hand it is
_IN_HAND: Final = CardIssue.objects.filter(visit=OuterRef("pk"), returned_at=None, card__lost_at=None)

KEEPINGS: Final = (
    Keeping(
        key="visitors.visits",
        title=Text("Besuche, mit Antworten, Mails und Ausweisen", "Visits, with answers, mails and badges"),
        kind="visits",
        model="visitors.Visit",
        since="gone_after",
        people="email",
        only=~Q(Exists(_IN_HAND)),
        told=True,
        along=("questionnaires.AnswerSheet", "kernel.OutgoingMail"),
    ),
    Keeping(
        key="visitors.evacuations",
        title=Text("Listen von Räumungen und Übungen", "Lists of evacuations and drills"),
        kind="visits",
        model="visitors.Evacuation",
        since="gone_after",
        told=True,
    ),
    Keeping(
        key="visitors.groups",
        title=Text("Termine, zu denen kein Besuch mehr da ist", "Appointments of which no visit is left"),
        kind="visits",
        model="visitors.VisitGroup",
        since="ends_at",
        only=Q(visits=None),
        told=True,
    ),
)
