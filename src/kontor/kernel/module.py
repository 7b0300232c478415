"""What the frame itself declares."""

from kontor.kernel.registry import EventKind, Measure, Meter, Module, PersonalData, PublicPage, register
from kontor.rulebook.ruling import Text

register(
    Module(
        key="kernel",
        title=Text("Grundlage", "Foundation"),
        entitled=False,
        public_pages=(
            PublicPage(Text("Über Kontor", "About Kontor"), "kernel:about"),
            PublicPage(Text("Offene Quellen", "Open source"), "kernel:third-party"),
        ),
        meters=(
            Meter(
                "kernel.storage",
                Text("Byte", "bytes"),
                "",
                measure=Measure.LEVEL,
                title=Text("Speicher", "Storage"),
                in_bytes=True,
            ),
        ),
        events=(EventKind("kernel.quota_warned", Text("Eine Grenze ist fast erreicht", "A limit is almost reached")),),
        personal_data=(
            PersonalData(
                model="kernel.Membership",
                about=Text("Mitarbeitende und Dienstleister", "employees and service providers"),
                clause="GDPR Art. 6 (1) (b)",
            ),
            PersonalData(
                model="kernel.Session",
                about=Text("wer angemeldet ist, von wo und womit", "who is signed in, from where and with what"),
                clause="GDPR Art. 6 (1) (b)",
            ),
            PersonalData(
                model="kernel.AccessPolicy",
                about=Text("wer für den Mandanten ansprechbar ist", "who can be called for the tenant"),
                clause="GDPR Art. 6 (1) (b)",
            ),
            PersonalData(
                model="kernel.Lock",
                about=Text("wessen Zugang gesperrt ist, und warum", "whose access is locked, and why"),
                clause="GDPR Art. 6 (1) (f)",
            ),
            PersonalData(
                model="kernel.SupportGrant",
                about=Text("wer Einblick erbeten und gewährt hat", "who asked for a look inside, and who gave leave"),
                clause="GDPR Art. 6 (1) (f)",
            ),
            PersonalData(
                model="kernel.OutgoingMail",
                about=Text("Empfänger von Nachrichten", "recipients of mail"),
                clause="GDPR Art. 6 (1) (b)",
            ),
            PersonalData(
                model="kernel.RefusedAddress",
                about=Text("wessen Adresse nicht erreichbar ist", "whose address cannot be reached"),
                clause="GDPR Art. 6 (1) (f)",
            ),
            PersonalData(
                model="kernel.FileMove",
                about=Text("wer Dateien verlegt hat", "who moved files"),
                clause="GDPR Art. 6 (1) (f)",
            ),
            PersonalData(
                model="kernel.Webhook",
                about=Text("wer erfährt, dass nichts ankommt", "who is told that nothing arrives"),
                clause="GDPR Art. 6 (1) (b)",
            ),
            PersonalData(
                model="kernel.RecordDetail",
                about=Text("alle, deren Daten geändert wurden", "everybody whose data changed"),
                clause="GDPR Art. 6 (1) (f)",
            ),
        ),
        without_personal_data=(
            "kernel.Site",
            "kernel.Role",
            "kernel.RoleAssignment",
            "kernel.Entitlement",
            "kernel.StoredRuling",
            "kernel.RecordEntry",
            "kernel.RecordKey",
            "kernel.RecordSeal",
            "kernel.EventStream",
            "kernel.Event",
            "kernel.TenantKey",
            "kernel.MeterReading",
            "kernel.Reservation",
            "kernel.QuotaWarning",
            "kernel.RequestLimit",
            "kernel.RequestMinute",
            "kernel.ApiKey",
            "kernel.ApiAnswer",
            "kernel.WebhookDelivery",
            "kernel.SentMail",
            "kernel.Blob",
            "kernel.BlobContent",
        ),
    )
)
