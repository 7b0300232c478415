"""For what identity keeps personal data."""

from typing import Final

from kontor.kernel.personal_data import Processing
from kontor.rulebook.ruling import Text

PROCESSINGS: Final = (
    Processing(
        key="accounts",
        title=Text("Konten", "Accounts"),
        purpose=Text(
            "Personen die Nutzung ermöglichen und Rechte zuordnen", "Let people use the platform and give them rights"
        ),
        persons=("employees", "contacts"),
        categories=("authentication", "name", "communication", "address", "device"),
        basis="GDPR Art. 6 (1) (b)",
        source=Text("der Mandant, sein Verzeichnis oder die Person selbst", "the tenant, its directory or the person"),
        recipients=Text(
            "der Betreiber der Plattform und seine Unterauftragsverarbeiter",
            "the operator of the platform and its sub-processors",
        ),
        role="processor",
    ),
    Processing(
        key="sign_in",
        title=Text("Anmeldung", "Sign-in"),
        purpose=Text("Feststellen, wer sich anmeldet", "Establish who signs in"),
        persons=("employees", "contacts"),
        categories=("authentication",),
        basis="GDPR Art. 6 (1) (b)",
        source=Text("die Person selbst oder das Verzeichnis des Mandanten", "the person or the tenant’s directory"),
        recipients=Text(
            "der Betreiber der Plattform und seine Unterauftragsverarbeiter",
            "the operator of the platform and its sub-processors",
        ),
        role="processor",
    ),
    Processing(
        key="security",
        title=Text("Sicherheit", "Security"),
        purpose=Text(
            "Unbefugte fernhalten, Verstöße klären, Störungen finden",
            "Keep out the unauthorised, clear up violations, find faults",
        ),
        persons=("employees", "contacts"),
        categories=("authentication", "name", "communication", "device", "conduct"),
        basis="GDPR Art. 6 (1) (f), Art. 32",
        source=Text("die Nutzung selbst", "the use itself"),
        recipients=Text(
            "der Betreiber der Plattform und seine Unterauftragsverarbeiter",
            "the operator of the platform and its sub-processors",
        ),
        role="controller",
    ),
)
