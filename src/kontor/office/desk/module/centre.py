"""What the customer centre and the knowledge base add to the desk's declaration: rights, menu, personal data."""

from typing import Final

from kontor.kernel.personal_data import PersonalData
from kontor.kernel.registry import NavItem, Permission
from kontor.rulebook.ruling import Text

CENTRE: Final = (
    PersonalData(
        model="desk.CentrePerson",
        about=Text("Kunden eines Mandanten in seinem Kundencenter", "a tenant's customers in its customer centre"),
        clause="GDPR Art. 6 (1) (b)",
        processing="support",
        kept="with_tenant",
        people=("email",),
        personal=("name", "email", "phone"),
        on_erasure="delete",
    ),
    PersonalData(
        model="desk.ChatProfile",
        about=Text("wer chattet, und wovor er sitzt", "who chats, and what they sit before"),
        clause="GDPR Art. 6 (1) (f)",
        processing="chat",
        kept="business_letter",
        people=("email",),
        personal=("email", "address", "system"),
        on_erasure="delete",
        categories={"address": "device", "system": "device"},
    ),
    PersonalData(
        model="desk.ChatActivity",
        about=Text(
            "was jemand öffnete und drückte, der es erlaubte", "what was opened and pressed, if that was allowed"
        ),
        clause="GDPR Art. 6 (1) (a)",
        processing="chat",
        kept="business_letter",
        people=("profile__email",),
        personal=("kind", "what"),
        on_erasure="delete",
        categories={"kind": "conduct", "what": "conduct"},
    ),
    PersonalData(
        model="desk.CentrePassword",
        about=Text("wer ein Kennwort gesetzt hat", "who set a password"),
        clause="GDPR Art. 6 (1) (b)",
        processing="support",
        kept="with_tenant",
        people=("person__email",),
        personal=("at",),
        on_erasure="delete",
        categories={"at": "authentication"},
    ),
    PersonalData(
        model="desk.ForumTopic",
        about=Text("wer im Forum fragte", "who asked in the forum"),
        clause="GDPR Art. 6 (1) (b)",
        processing="support",
        kept="with_tenant",
        people=("email",),
        personal=("author", "email", "title", "text"),
        on_erasure="mask",
        categories={"author": "name", "title": "communication"},
    ),
    PersonalData(
        model="desk.ForumPost",
        about=Text("wer im Forum antwortete", "who answered in the forum"),
        clause="GDPR Art. 6 (1) (b)",
        processing="support",
        kept="with_tenant",
        people=("email",),
        personal=("author", "email", "text"),
        on_erasure="mask",
        categories={"author": "name"},
    ),
    PersonalData(
        model="desk.ForumFollower",
        about=Text("wer einem Thema folgt", "who follows a topic"),
        clause="GDPR Art. 6 (1) (b)",
        processing="support",
        kept="with_tenant",
        people=("person__email",),
        personal=("told_at",),
        on_erasure="delete",
        categories={"told_at": "communication"},
    ),
    PersonalData(
        model="desk.ArticleVersion",
        about=Text("wer einen Artikel schrieb", "who wrote an article"),
        clause="GDPR Art. 6 (1) (b)",
        processing="support",
        kept="with_tenant",
        people=("by",),
        personal=("by",),
        on_erasure="keep",
        ground="business_letter",
    ),
    PersonalData(
        model="desk.Enrolment",
        about=Text("wer welchen Kurs besucht", "who takes which course"),
        clause="GDPR Art. 6 (1) (b)",
        processing="support",
        kept="with_tenant",
        people=("person__email", "email"),
        personal=("name", "email", "percent", "completed_at"),
        on_erasure="delete",
        categories={"percent": "conduct", "completed_at": "conduct"},
    ),
    PersonalData(
        model="desk.LessonDone",
        about=Text("wer welche Lektion abschloss", "who completed which lesson"),
        clause="GDPR Art. 6 (1) (b)",
        processing="support",
        kept="with_tenant",
        people=("enrolment__person__email", "enrolment__email"),
        personal=("right", "asked"),
        on_erasure="delete",
        categories={"right": "conduct", "asked": "conduct"},
    ),
    PersonalData(
        model="desk.Certificate",
        about=Text("wer einen Kurs abschloss", "who completed a course"),
        clause="GDPR Art. 6 (1) (b)",
        processing="support",
        kept="with_tenant",
        people=("enrolment__person__email", "enrolment__email"),
        personal=("name",),
        on_erasure="delete",
    ),
    PersonalData(
        model="desk.ArticleFeedback",
        about=Text("dass jemand schon bewertet hat, verschlüsselt", "that somebody rated already, as a digest"),
        clause="GDPR Art. 6 (1) (f)",
        processing="support",
        kept="with_tenant",
        people=(),
        personal=("reader", "words"),
        on_erasure="delete",
        categories={"reader": "device"},
    ),
)
NOTHING_PERSONAL_IN_CENTRE: Final = (
    "desk.Centre",
    "desk.CentreAddress",
    "desk.OwnPromise",
    "desk.Article",
    "desk.Course",
    "desk.Lesson",
)
PERMISSIONS: Final = (
    Permission("desk.learn", Text("Kurse besuchen und Videos ansehen", "Take courses and watch videos")),
    Permission("desk.write_articles", Text("Hilfeartikel schreiben", "Write help articles")),
    Permission(
        "desk.set_up",
        Text("Kundencenter einrichten und Kunden einladen", "Set up the customer centre and invite customers"),
    ),
)  # fmt: skip
NAVIGATION: Final = (
    NavItem(
        label=Text("Wissen", "Knowledge"), url_name="desk:knowledge", permission="desk.see",
        icon="book", group="work", order=6,
    ),
    NavItem(
        label=Text("Lernen", "Learn"), url_name="desk:learn", permission="desk.learn",
        icon="school", group="work", order=9,
    ),
    NavItem(
        label=Text("Forum", "Forum"), url_name="desk:forum", permission="desk.see",
        icon="messages", group="work", order=8,
    ),
    NavItem(
        label=Text("Kundencenter", "Customer centre"), url_name="desk:centre", permission="desk.set_up",
        icon="lifebuoy", group="work", order=7,
    ),
)  # fmt: skip
