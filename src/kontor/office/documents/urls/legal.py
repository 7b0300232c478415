"""Texts that everybody may read, under addresses that stay: the house's, and those of any tenant by its key."""

from collections.abc import Iterator
from typing import Final

from django.urls import URLPattern, path

from kontor.office.documents.views import legal

_PARTS: Final = ("privacy", "privacy-platform")


def _paths() -> Iterator[URLPattern]:
    for before, whose in (("legal/", "legal-"), ("legal/<uuid:tenant_id>/", "legal-of-")):
        for part in _PARTS:
            at, name = f"{before}{part}", f"{whose}{part}"
            yield path(at, legal.privacy, {"part": part}, name=name)
            yield path(f"{at}/<str:version>.pdf", legal.privacy_paper, {"part": part}, name=f"{name}-pdf")
            yield path(f"{at}/<str:version>", legal.privacy, {"part": part}, name=f"{name}-version")


# /legal/
urlpatterns = list(_paths())
