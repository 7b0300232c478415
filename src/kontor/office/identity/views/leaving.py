"""Sending a browser to another site, so that it gets there whatever brought it to us."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from kontor.kernel.security_headers import HEADERS


def leave(request: HttpRequest, address: str, *, name: str) -> HttpResponseBase:
    """
    Send a browser to an address of another site; `name` is how people call what is there.

    A redirect would do for a link alone. Where a form was sent, its redirects are held to where forms may go
    (form-action), and a page's script follows none to another site (connect-src): so a page sends the browser on, and a
    script is told to go itself. What says nothing of how it came is no browser of today and gets the redirect.
    """
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": address})
    if "Sec-Fetch-Mode" not in request.headers:
        return redirect(address)
    context = {"address": address, "name": name}
    answer = render(request, "identity/sso_leave.html", context)
    answer.headers["Refresh"] = f"0;url={address}"
    return answer


def goes_elsewhere(page: HttpResponse, address: str) -> HttpResponse:
    """Let a page whose one form goes to another site send it there, and wherever that site leads on over https."""
    place = urlsplit(address)
    ours, theirs = "form-action 'self'", f"form-action 'self' https: {place.scheme}://{place.netloc}"
    page.headers["Content-Security-Policy"] = HEADERS["Content-Security-Policy"].replace(ours, theirs)
    return page
