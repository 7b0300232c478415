"""
What a privacy notice says: every item of GDPR Art. 13 and 14, one section for each activity, and what changed since.

A notice is plain text in both languages, so that it is kept, hashed and compared as it was read: a section's first line
is its heading, a blank line ends it, and a tab parts a line's label from its words.

>>> objection_of("GDPR Art. 6 (1) (a)").en[:40]
'You may withdraw your consent at any tim'
>>> objection_of("because we like it") is None
True
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.protection import Kept
from kontor.rulebook.terms.spoken import spoken_value
from kontor.rulebook.terms.value import ToBeAgreed
from kontor.rulebook.wording import said

Part = Literal["general", "service"]
PARTS: Final[dict[str, Text]] = {
    "general": Text("Datenschutzerklärung, allgemeiner Teil", "Privacy notice, general part"),
    "service": Text("Datenschutzerklärung für die Plattform", "Privacy notice for the platform"),
}
GENERAL_SECTIONS: Final = 7  # the platform's part goes on counting after them (bookkeeping, table of contents)

# By the letter of Art. 6 (1) on which an activity rests: what somebody can do about it; whether they must give data.
_OBJECTION: Final = {
    "(a)": Text(
        "Sie können Ihre Einwilligung jederzeit widerrufen, so leicht wie Sie sie erteilt haben. Was bis dahin "
        "geschah, bleibt rechtmäßig.",
        "You may withdraw your consent at any time, as easily as you gave it. What happened until then stays lawful.",
    ),
    "(b)": Text(
        "Sie können die Angaben jederzeit ändern lassen und Ihr Konto auflösen; gelöscht wird, soweit keine "
        "vertragliche oder gesetzliche Pflicht entgegensteht.",
        "You may have the data changed at any time and dissolve your account; it is erased unless a contractual or "
        "legal duty prevents it.",
    ),
    "(c)": Text(
        "Solange ein Gesetz die Aufbewahrung verlangt, gibt es keinen Widerspruch; die Daten werden nur dafür benutzt.",
        "While a law demands that data is kept there is no objection; it is used for nothing else.",
    ),
    "(f)": Text(
        "Sie können aus Gründen, die sich aus Ihrer besonderen Situation ergeben, widersprechen (Art. 21 DSGVO).",
        "You may object on grounds relating to your particular situation (GDPR Art. 21).",
    ),
    "Art. 28": Text(
        "Wenden Sie sich an den Verantwortlichen, in dessen Auftrag verarbeitet wird.",
        "Turn to the controller on whose behalf data is processed.",
    ),
}
_DUTY: Final = {
    "(a)": Text("freiwillig", "voluntary"),
    "(b)": Text(
        "für den Vertrag nötig; ohne sie ist er nicht möglich",
        "needed for the contract, which is impossible without them",
    ),
    "(c)": Text("gesetzlich verlangt", "demanded by law"),
    "(f)": Text(
        "nicht vorgeschrieben; ohne sie ist die Nutzung eingeschränkt", "not prescribed; use is limited without them"
    ),
    "Art. 28": Text("vom Verantwortlichen festgelegt", "laid down by the controller"),
}
_LACKS: Final = (
    ("scope", Text("Beschreibung und Umfang", "Description and scope")),
    ("purpose", Text("Zweck", "Purpose")),
    ("basis", Text("Rechtsgrundlage", "Legal basis")),
    ("storage", Text("Dauer der Speicherung", "Period of storage")),
)
_OBJECTION_LABEL: Final = Text("Widerspruch und Beseitigung", "Objection and removal")
_FROM_YEAR_END: Final = Text("{span} ab dem Ende des Kalenderjahres", "{span} from the end of the calendar year")
_UNTIL: Final = {
    "session_ends": Text("bis die Sitzung endet", "until the session ends"),
    "trial_ends": Text("bis der Test endet", "until the trial ends"),
    "account_deactivated": Text("bis das Konto stillgelegt ist", "until the account is closed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsible:
    """
    Who answers for the processing.

    officer    the data-protection officer with how to reach them, "" where none has to be named
    authority  the supervisory authority to which people may complain
    automated  what is decided by machines alone (Art. 22), None where nothing is
    """

    name: str
    address: str
    email: str
    authority: str
    officer: str = ""
    automated: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One entry of the record as the notice tells it; `storage` is one sentence for each kind of data in it."""

    title: Text
    scope: Text
    purpose: Text
    basis: str
    storage: tuple[Text, ...]
    source: Text
    recipients: Text


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who processes on behalf of the controller: task, country, and the ground of a transfer out of the EEA."""

    name: str
    task: Text
    country: str
    ground: Text | None = None


def storage_of(label: Text, kind: Kept) -> Text:
    """Return how long a kind of data stays, as a sentence: its label and the pack's period."""
    if kind.keep is not None and not isinstance(kind.keep, ToBeAgreed):
        span = spoken_value(kind.keep.value)
        whole = kind.from_year_end is not None and not isinstance(kind.from_year_end, ToBeAgreed)
        if whole and kind.from_year_end is not None and kind.from_year_end.value:
            span = said(_FROM_YEAR_END.de, _FROM_YEAR_END.en, span=span)
    elif kind.until is not None and not isinstance(kind.until, ToBeAgreed):
        span = _UNTIL[str(kind.until.value)]
    else:
        span = Text("wie vereinbart", "as agreed")
    return said("{label}: {span}", "{label}: {span}", label=label, span=span)


def objection_of(basis: str) -> Text | None:
    """Return what people can do against processing on a legal basis; None where nobody can say."""
    return _joined(_OBJECTION[key] for key in _OBJECTION if key in basis)


def duty_of(basis: str) -> Text | None:
    """Return whether people must give their data on a legal basis (Art. 13 (2) (e)); None where nobody can say."""
    return _joined((_DUTY[key] for key in _DUTY if key in basis), "; ")


def lacking(activity: Activity) -> list[Text]:
    """Return which of the five parts of an entry is missing; it cannot be published then (bookkeeping 8-14)."""
    found = [label for name, label in _LACKS if not _filled(getattr(activity, name))]
    return found if objection_of(activity.basis) else [*found, _OBJECTION_LABEL]


def lacking_of(responsible: Responsible) -> list[Text]:
    """Return what a notice cannot be without about who answers for the processing (Art. 13 (1) (a), (2) (d))."""
    told = (
        (responsible.name, Text("Name des Verantwortlichen", "the controller's name")),
        (responsible.address, Text("Anschrift des Verantwortlichen", "the controller's address")),
        (responsible.email, Text("E-Mail des Verantwortlichen", "the controller's e-mail")),
        (responsible.authority, Text("Aufsichtsbehörde", "supervisory authority")),
    )
    return [label for value, label in told if not value.strip()]


def general(
    who: Responsible, activities: Sequence[Activity], receivers: Sequence[Receiver], *, service_at: str
) -> Text:
    """Return the general part: who answers, who receives, people's rights; it links the part of the platform."""
    officer = Text(who.officer, who.officer) if who.officer else Text("Es ist keiner benannt.", "None is named.")
    automated = who.automated or Text(
        "Es gibt keine Entscheidung, die allein eine Maschine trifft und die rechtlich wirkt (Art. 22 DSGVO).",
        "There is no decision of legal effect that a machine takes alone (GDPR Art. 22).",
    )
    basis = [(each, duty_of(each.basis)) for each in activities]
    duties = [said("{what}\t{duty}", "{what}\t{duty}", what=each.title, duty=duty) for each, duty in basis if duty]
    more = said(
        "Was im Einzelnen verarbeitet wird, steht in der Erklärung für die Plattform: {at}",
        "What is processed in detail stands in the notice for the platform: {at}",
        at=service_at,
    )
    address = Text(f"{who.name}, {who.address}", f"{who.name}, {who.address}")
    return _numbered(
        (
            (Text("Verantwortlicher", "Controller"), [address, _mail(who.email), more]),
            (Text("Datenschutzbeauftragter", "Data-protection officer"), [officer]),
            (Text("Empfänger und Drittländer", "Recipients and third countries"), [*_receivers(receivers)]),
            (Text("Ihre Rechte", "Your rights"), [*_rights(who.email)]),
            (Text("Beschwerde", "Complaint"), [_complaint(who.authority)]),
            (Text("Pflicht zur Angabe", "Whether data must be given"), duties),
            (Text("Automatisierte Entscheidungen", "Automated decisions"), [automated]),
        ),
        first=1,
    )


def service(activities: Sequence[Activity], *, general_at: str) -> Text:
    """Return the platform's part: a section for each activity, counted on after the general part, which it links."""
    link = said(
        "Ihre Rechte, der Verantwortliche und der Datenschutzbeauftragte stehen im allgemeinen Teil: {at}",
        "Your rights, the controller and the data-protection officer stand in the general part: {at}",
        at=general_at,
    )
    head = said(
        "1.–{last}. Allgemeiner Teil\n{link}", "1.–{last}. General part\n{link}", last=GENERAL_SECTIONS, link=link
    )
    body = _numbered([(each.title, [*_parts(each)]) for each in activities], first=GENERAL_SECTIONS + 1)
    return said("{head}\n\n{body}", "{head}\n\n{body}", head=head, body=body)


def _numbered(parts: Iterable[tuple[Text, Sequence[Text]]], *, first: int) -> Text:
    told = [
        (f"{number}. {heading.de}\n" + "\n".join(each.de for each in lines),
         f"{number}. {heading.en}\n" + "\n".join(each.en for each in lines))
        for number, (heading, lines) in enumerate(parts, start=first)
    ]  # fmt: skip
    return Text("\n\n".join(german for german, _ in told), "\n\n".join(english for _, english in told))


def _parts(activity: Activity) -> Iterator[Text]:
    storage = Text("; ".join(each.de for each in activity.storage), "; ".join(each.en for each in activity.storage))
    basis = Text(activity.basis.replace("GDPR ", "").replace("and", "und") + " DSGVO", activity.basis)
    objection = objection_of(activity.basis) or Text("", "")
    told = (activity.scope, activity.purpose, basis, storage)
    for (_, label), words in zip(_LACKS, told, strict=True):
        yield said("{label}\t{words}", "{label}\t{words}", label=label, words=words)
    for label, words in (
        (_OBJECTION_LABEL, objection),
        (Text("Mit wem es geteilt wird", "With whom it is shared"), activity.recipients),
        (Text("Woher die Daten kommen", "Where the data comes from"), activity.source),
    ):
        yield said("{label}\t{words}", "{label}\t{words}", label=label, words=words)


def _receivers(receivers: Sequence[Receiver]) -> Iterator[Text]:
    if not receivers:
        yield Text("In unserem Auftrag verarbeitet niemand sonst.", "Nobody else processes on our behalf.")
    for each in receivers:
        ground = said(", {ground}", ", {ground}", ground=each.ground) if each.ground else Text("", "")
        yield said(
            "{name}\t{task}, {country}{ground}", "{name}\t{task}, {country}{ground}", name=each.name, task=each.task,
            country=each.country, ground=ground,
        )  # fmt: skip


def _rights(email: str) -> Iterator[Text]:
    for german, english, article in (
        ("Auskunft", "Access", 15), ("Berichtigung", "Rectification", 16), ("Löschung", "Erasure", 17),
        ("Einschränkung", "Restriction", 18), ("Übertragbarkeit", "Portability", 20), ("Widerspruch", "Objection", 21),
    ):  # fmt: skip
        yield Text(f"{german}\tArt. {article} DSGVO", f"{english}\tGDPR Art. {article}")
    yield Text("Widerruf einer Einwilligung\tArt. 7 Abs. 3 DSGVO", "Withdrawal of a consent\tGDPR Art. 7 (3)")
    yield Text(f"Schreiben Sie an {email}.", f"Write to {email}.")


def _complaint(authority: str) -> Text:
    return said(
        "Sie können sich bei einer Aufsichtsbehörde beschweren (Art. 77 DSGVO), bei uns: {authority}",
        "You may complain to a supervisory authority (GDPR Art. 77), for us: {authority}",
        authority=authority,
    )


def _mail(email: str) -> Text:
    return Text(f"E-Mail\t{email}", f"E-mail\t{email}")


def _filled(value: object) -> bool:
    if isinstance(value, Text):
        return bool(value.de.strip() and value.en.strip())
    return bool(value.strip() if isinstance(value, str) else value)


def _joined(texts: Iterable[Text], by: str = " ") -> Text | None:
    told = list(texts)
    return Text(by.join(each.de for each in told), by.join(each.en for each in told)) if told else None
