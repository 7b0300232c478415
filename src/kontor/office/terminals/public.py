"""What other apps may do with terminals: show pages on them, know their serial numbers, and have labels printed."""

import functools
import uuid
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

from kontor.kernel.actions.credentials import CredentialRefusedError, resolve
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant, limit_to_sites
from kontor.office.terminals.actions.pairing import SCOPE, pair_in_demo
from kontor.office.terminals.actions.printing import have_printed
from kontor.office.terminals.formats.drawing import draws
from kontor.office.terminals.formats.label_pdf import label_pdf
from kontor.office.terminals.formats.label_picture import NoPictureError, as_logo
from kontor.office.terminals.formats.label_raster import raster
from kontor.office.terminals.formats.label_svg import svg
from kontor.office.terminals.formats.label_type import LINE, set_lines
from kontor.office.terminals.formats.label_zpl import zpl
from kontor.office.terminals.formats.labels import SIZES, Bar, Label, LabelSize, Picture, Piece, Symbol, Words
from kontor.office.terminals.models import Terminal
from kontor.office.terminals.queries import Paired, by_serial
from kontor.office.terminals.queries.printing import Printing, printings

__all__ = [
    "COOKIE",
    "LINE",
    "SIZES",
    "Bar",
    "Here",
    "Label",
    "LabelSize",
    "NoPictureError",
    "Paired",
    "Picture",
    "Piece",
    "Printing",
    "Symbol",
    "Words",
    "as_logo",
    "by_serial",
    "draws",
    "have_printed",
    "label_pdf",
    "on_terminal",
    "pair_in_demo",
    "printings",
    "raster",
    "set_lines",
    "svg",
    "zpl",
]

COOKIE: Final = "kontor_terminal"


@dataclass(frozen=True, slots=True)
class Here:
    """The terminal that asks: where it stands, what it is to know, and how it speaks."""

    id: uuid.UUID
    name: str
    site: uuid.UUID
    site_name: str
    tenant_name: str
    house: bool
    zone: str
    pages: tuple[str, ...]
    language: str
    idle_seconds: int
    revision: int
    restart: int


class TerminalRequest(HttpRequest):
    """A request of a paired device."""

    at: Any
    here: Here


def on_terminal(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """
    Answer paired devices alone: as their tenant, limited to the rows of their site, in its zone.

    The device's token says who asks, in its cookie or as a bearer token; any other is answered 401. The language is the
    terminal's, `?l=en` asks for another as long as somebody stands before it.
    """

    @public("a device has nobody signed in; its token says to which tenant and site it belongs")
    @functools.wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            tenant, terminal = resolve(_token(request), SCOPE, request.at)
        except CredentialRefusedError:
            return _unknown(request)
        with as_tenant(tenant):
            row = Terminal.objects.select_related("site", "tenant").get(pk=terminal)
            limit_to_sites({row.site_id})
            request.here = _here(row)
            with timezone.override(zoneinfo.ZoneInfo(row.site.zone)), translation.override(_language(request)):
                request.LANGUAGE_CODE = translation.get_language()
                response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return guarded


def _token(request: HttpRequest) -> str:
    kind, _, told = request.headers.get("Authorization", "").partition(" ")
    return told if kind.lower() == "bearer" else request.COOKIES.get(COOKIE, "")


def _unknown(request: HttpRequest) -> HttpResponseBase:
    """Say that nobody knows this device (any more), and forget on it what it held."""
    way = reverse("terminals:device")
    answer: HttpResponse
    if getattr(request, "htmx", None):
        answer = HttpResponse(status=401, headers={"HX-Redirect": way})
    else:
        answer = render(request, "terminals/unknown.html", status=401)
    answer.delete_cookie(COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _here(row: Terminal) -> Here:
    site, tenant = row.site, row.tenant
    return Here(
        row.pk, row.name, site.pk, site.name, tenant.name, tenant.is_house, site.zone, tuple(row.pages), row.language,
        row.idle_seconds, row.revision, row.restart,
    )  # fmt: skip


def _language(request: TerminalRequest) -> str:
    asked = request.GET.get("l", "")
    return asked if asked in {"de", "en"} else request.here.language
