"""The pages that belong to no module: the way in, the choice of language and look, and how the installation is."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel import shell
from kontor.kernel.client import UNKNOWN, client_address
from kontor.kernel.requests import SITE, open_to_guests, public, shut_gate, signed_in

THEMES = ("light", "dark", "auto")
DENSITIES = ("compact", "normal", "roomy")
_YEAR = 365 * 24 * 3600


@signed_in
@open_to_guests
def home(request: HttpRequest) -> HttpResponseBase:
    """Lead to the gate that is shut, the first page this person may open, or the choice of tenants."""
    standing = getattr(request, "standing", None)
    if standing is None:
        return redirect("identity:tenants")
    if gate := shut_gate(request):
        return redirect(gate.url_name)
    for group in shell.navigation(request, standing):
        for item in group["items"]:
            return redirect(item["url"])
    return redirect("identity:profile")


@public("a monitor asks without signing in; it says only whether the database answers")
@require_GET
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  a view's signature
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@public("a monitor on this machine asks; it says only counts, and answers nobody from outside")
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    passed_on = "X-Forwarded-For" in request.headers  # a proxy on this machine speaks for somebody outside
    if passed_on or client_address(request) not in {"127.0.0.1", "::1", UNKNOWN}:
        return HttpResponse(status=404)
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status ORDER BY status")
        jobs = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM kernel_tenant")
        tenants = cursor.fetchone()[0]
    lines = ["# TYPE kontor_tenants gauge", f"kontor_tenants {tenants}", "# TYPE kontor_jobs gauge"]
    lines += [f'kontor_jobs{{status="{status}"}} {count}' for status, count in jobs.items()]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


@signed_in
@require_POST
def choose_site(request: HttpRequest) -> HttpResponseBase:
    """Look at one of one's sites from now on, "" for all of them; another's counts for nothing."""
    standing = getattr(request, "standing", None)
    chosen = request.POST.get("site", "")
    if standing is not None and chosen in {str(site) for site in standing.at_sites}:
        request.session[SITE] = chosen
    else:
        request.session.pop(SITE, None)
    return redirect(_back(request))


@public("the choice of language comes before anything else")
@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the language for this browser, and for the person where one is signed in."""
    chosen = request.POST.get("language", "")
    response = redirect(_back(request))
    if translation.check_for_language(chosen) and chosen in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@public("the choice of light and dark comes before anything else")
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponseBase:
    chosen = request.POST.get("theme", "")
    response = redirect(_back(request))
    if chosen in THEMES:
        _keep(response, "kontor_theme", chosen)
    return response


@public("the choice of density comes before anything else")
@require_POST
def choose_density(request: HttpRequest) -> HttpResponseBase:
    chosen = request.POST.get("density", "")
    response = redirect(_back(request))
    if chosen in DENSITIES:
        _keep(response, "kontor_density", chosen)
    return response


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back") or request.headers.get("Referer", "/")
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/"


def _keep(response: HttpResponseBase, name: str, value: str) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=secure, httponly=True)
