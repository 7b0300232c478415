"""The certificate of a person's erasure: what went, what stays for how long and why, when the backups expire."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from kontor.kernel.models import Tenant
from kontor.kernel.pdf import render
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.models import PersonErasure
from kontor.office.privacy.queries.remains import title_of

TEMPLATE: Final = Path(__file__).resolve().parents[1] / "typst" / "person_certificate.typ"


def printed(erasure: PersonErasure, *, at: datetime) -> bytes:
    """Return the certificate as a PDF; it names no person, since nobody here knows who it was any more."""
    assert erasure.done_at is not None
    house = Tenant.objects.get(pk=current_tenant())
    zone = ZoneInfo(house.zone)
    expires = (erasure.done_at + timedelta(days=settings.KONTOR_BACKUP_DAYS)).astimezone(zone).date()
    data: dict[str, Any] = {
        "language": erasure.language,
        "sender": {"name": house.name, "lines": []},
        "recipient": [str(erasure.person)],
        "id": str(erasure.person),
        "issued": at.astimezone(zone).date(),
        "begun": f"{erasure.begun_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        "done": f"{erasure.done_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        "gone": _listed(erasure.counts.get("delete", {}), erasure.language),
        "masked": _listed(erasure.counts.get("mask", {}), erasure.language),
        "remains": [
            {**row, "title": _title(row["table"], erasure.language), "until": row["until"] or None}
            for row in erasure.remains
        ],
        "backups": expires,
    }
    return render(TEMPLATE, data, at=at)


def _listed(counts: dict[str, int], language: str) -> list[dict[str, Any]]:
    return [{"title": _title(label, language), "rows": rows} for label, rows in sorted(counts.items())]


def _title(label: str, language: str) -> str:
    german, english = title_of(label)
    return f"{german if language == 'de' else english} · {label.partition('.')[2]}"
