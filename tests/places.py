"""Places in Germany and Norway, as an installation declares them."""

from pathlib import Path
from typing import Any

from kontor.kernel.data_places import DataPlace, declared

GERMANY = """
[[place]]
key = "frankfurt"
holds = ["files"]
country = "DE"
partner = "Rechenhaus GmbH, Frankfurt am Main"
agreement = "AVV 4711"
agreed_on = 2026-01-15
safeguard = "Standard clauses, Art. 46 (2) (c) GDPR"
sees_logs = true
folder = "{folder}/frankfurt"
"""
NORWAY = """
[[place]]
key = "oslo"
holds = ["files"]
country = "NO"
partner = "Fjordlager AS, Oslo"
agreement = "DBA 12"
agreed_on = 2026-02-01
folder = "{folder}/oslo"
"""
DATABASE = """
[[place]]
key = "database"
holds = ["database", "backups"]
country = "{country}"
partner = "Rechenhaus GmbH, Frankfurt am Main"
agreement = "AVV 4711"
agreed_on = 2026-01-15
"""


def toml(folder: Path, *, database: str = "") -> str:
    told = (GERMANY + NORWAY).replace("{folder}", str(folder))
    return told + (DATABASE.replace("{country}", database) if database else "")


def places(folder: Path, *, database: str = "") -> tuple[DataPlace, ...]:
    return declared(toml(folder, database=database))


def declare(settings: Any, folder: Path, **given: str) -> None:
    settings.KONTOR_PLACES = places(folder, **given)
