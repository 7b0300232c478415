"""
What a tenant is offered as its first instruction: our words for what the contracts want people told.

A paragraph's first line is its heading. A tenant publishes them as they are or in its own words; nothing holds before.
Clauses: dealership §3 no. 3a to c (loss, device lock and signing out, updates), §4 (private devices); visitor 6.2 and
6.4.7 (credentials), Anlage 3, Klausel 7.4 and leisure Anhang 4 (confidentiality of whoever processes for others).
"""

from collections.abc import Mapping
from typing import Final

from kontor.rulebook.ruling import Text

_ACCESS_DE: Final = """Ihre Zugangsdaten
Kennwort und zweiter Faktor gehören Ihnen allein. Geben Sie sie niemandem, auch nicht Kolleginnen, Kollegen oder dem \
Support. Glauben Sie, dass jemand sie kennt, melden Sie es sofort der Verwaltung; der Knopf dafür steht unter \
„Sitzungen und Geräte“.

Wenn ein Gerät verloren geht
Melden Sie den Verlust sofort der Verwaltung Ihrer Firma, damit sie Ihren Zugang sperren kann. Von der Anmeldeseite \
führt ein Weg dorthin, auch ohne Anmeldung.

Gerätesperre und Abmelden
Sperren Sie jedes Gerät, auf dem Sie arbeiten, mit einer Art, die Ihre Firma zulässt. Melden Sie sich ab, wenn Sie \
fertig sind.

Betriebssystem aktuell halten
Spielen Sie Sicherheitsupdates ein, sobald Ihr Gerät sie anbietet. Arbeiten Sie nicht mit Geräten, die gerootet sind \
oder auf denen Sie die Schutzvorkehrungen des Herstellers umgangen haben.

Verpflichtung
Sie verpflichten sich, diese Regeln einzuhalten und das System nur für Ihre Firma und im Rahmen ihres Vertrags zu \
nutzen."""

_ACCESS_EN: Final = """Your credentials
Password and second factor are yours alone. Give them to nobody, not to colleagues and not to support. If you think \
that somebody knows them, tell the administration at once; the button for it is under “Sessions and devices”.

If a device is lost
Report the loss at once to your company's administration, so that it can lock your access. There is a way to it from \
the sign-in page, also without signing in.

Device lock and signing out
Lock every device on which you work, in a way that your company allows. Sign out when you have finished.

Keep the operating system up to date
Install security updates as soon as your device offers them. Do not work on devices that are rooted or on which you \
have got round the manufacturer's protection.

Commitment
You bind yourself to keep these rules, and to use the system only for your company and within its contract."""

_OWN_DE: Final = """Dieselben Regeln
Auf Ihrem eigenen Gerät gelten dieselben Regeln wie auf einem der Firma: Gerätesperre, aktuelles Betriebssystem, kein \
Root und kein Jailbreak, sofortige Meldung eines Verlusts.

Fotos nur in der App
Dokumente und Vorgänge fotografieren Sie ausschließlich aus der App heraus, nie mit der Kamera-App des Geräts oder \
einer anderen. Nur so liegen die Bilder geschützt und nicht in Ihrer Galerie.

Verstöße
Erfährt der Anbieter, dass eine Regel nicht eingehalten wird, darf er Sie mit Ihrem Benutzernamen der \
Ansprechperson Ihrer Firma melden und verlangen, dass das aufhört."""

_OWN_EN: Final = """The same rules
On your own device the same rules hold as on one of the company: a device lock, an up-to-date operating system, no \
root and no jailbreak, a loss reported at once.

Photos in the app only
You take photos of documents and work only from inside the app, never with the device's camera app or another one. \
Only then are they protected and not in your gallery.

Breaches
If the provider learns that a rule is not kept, it may report you by your user name to your company's contact person \
and demand that it stop."""

_SECRECY_DE: Final = """Daten von Kunden
Was Sie in den Daten eines Kunden sehen, sehen Sie für einen Auftrag: Sie öffnen nur, was der Fall verlangt, den Sie \
nennen, und nichts darüber hinaus.

Vertraulichkeit
Sie geben nichts davon weiter, auch nicht an Kolleginnen und Kollegen ohne denselben Auftrag, und nutzen es für nichts \
anderes. Das gilt auch, wenn Sie nicht mehr für uns arbeiten.

Verpflichtung
Sie verpflichten sich zur Vertraulichkeit. Ein Verstoß kann Ihnen und uns Bußgeld, Schadensersatz und Strafe bringen."""

_SECRECY_EN: Final = """Customers' data
What you see in a customer's data you see for an order: you open only what the case that you name demands, and nothing \
beyond it.

Confidentiality
You pass nothing of it on, not to colleagues without the same order either, and use it for nothing else. That \
holds when you no longer work for us, too.

Commitment
You bind yourself to confidentiality. A breach can cost you and us fines, damages and punishment."""

FIRST: Final[Mapping[str, Text]] = {
    "ACCESS": Text(_ACCESS_DE, _ACCESS_EN),
    "OWN_DEVICES": Text(_OWN_DE, _OWN_EN),
    "CONFIDENTIALITY": Text(_SECRECY_DE, _SECRECY_EN),
}
