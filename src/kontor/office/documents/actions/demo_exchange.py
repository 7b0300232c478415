"""The demo's shared folders: one that is open, with files from both sides, and one that was locked."""

from datetime import datetime, timedelta
from typing import Final

from kontor.kernel.actor import MACHINE
from kontor.office.documents.actions.exchanging import (
    WRONG,
    NewExchange,
    bring,
    enter,
    note_viewed,
    open_exchange,
    put_in,
)
from kontor.office.documents.models import Document

_PLANS: Final = NewExchange(
    title="Umbau Serverraum, Pläne und Angebot", name="Katrin Vogt", email="vogt@planwerk.example",
    note="Bitte legen Sie Ihr Angebot bis Ende der Woche hinein.",
)  # fmt: skip
_OFFER: Final = (
    b"Angebot Umbau Serverraum\n\nDoppelboden 42 m2, Kabeltrassen, Brandschott. Ausf\xc3\xbchrung im Januar, 14 Tage.\n"
)


def make_exchange_demo(at: datetime) -> None:
    """Share a folder with an architect, and one with an accountant who had the wrong password."""
    then = at - timedelta(days=2)
    opened = open_exchange(_PLANS, at=then, actor=MACHINE).exchange
    for document in Document.objects.filter(title__startswith="Wartungsvertrag")[:1]:
        put_in(opened.pk, document.pk, at=then, actor=MACHINE)
    note_viewed(opened, at=at - timedelta(hours=20))
    bring(opened.pk, _OFFER, name="Angebot Umbau Serverraum.txt", at=at - timedelta(hours=19))
    other = NewExchange(title="Lohnabrechnung November", name="Steuerbüro Thiele", email="lohn@thiele.example")
    locked = open_exchange(other, at=then, actor=MACHINE).exchange
    for _guess in range(WRONG):
        enter(locked.pk, "vergessen", at=at - timedelta(hours=3))
