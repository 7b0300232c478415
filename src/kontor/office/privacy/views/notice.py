"""The privacy notice: what everybody reads, what the registers would say, and publishing the difference."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.privacy.actions.notice import keep_details, publish_notice
from kontor.office.privacy.forms.notice import DetailsForm
from kontor.office.privacy.models import NoticeDetails
from kontor.office.privacy.queries.notice import KEYS, proposals
from kontor.office.privacy.views.form_page import form_page
from kontor.office.privacy.views.tabs import house_tabs, own_tabs
from kontor.rulebook.refusal import RefusalError

SEE = "privacy.notice"


@requires(SEE)
@require_GET
def notice(request: TenantRequest) -> HttpResponseBase:
    """Show both parts with their published edition and, where the registers say more by now, the difference."""
    return _page(request, "")


@requires(SEE)
@require_POST
def publish(request: TenantRequest, part: str) -> HttpResponseBase:
    """Publish a part as it was shown."""
    if part not in KEYS:
        raise Http404(part)
    try:
        shown = bytes.fromhex(request.POST.get("shown", ""))
    except ValueError:
        shown = b""
    try:
        publish_notice(
            part, shown=shown, tenant=request.tenant, standing=request.standing, at=request.at, actor=request.actor
        )
    except RefusalError as refused:
        return _page(request, spoken(refused.text))
    return redirect("privacy:notice")


@requires(SEE)
@require_http_methods(["GET", "POST"])
def details(request: TenantRequest) -> HttpResponseBase:
    """Enter who answers for the processing."""
    held = NoticeDetails.objects.of(request.tenant.pk).first()
    initial = {name: getattr(held, name) for name in DetailsForm.base_fields} if held else None
    form = DetailsForm(request.POST or None, initial=initial)
    return form_page(
        request, form, lambda: keep_details(form.told(), at=request.at, actor=request.actor),
        title=_("Who answers for the processing"), label=_("Save"), back=reverse("privacy:notice"),
        note=_("It stands in the privacy notice; the rest of it is made of the registers."),
    )  # fmt: skip


def _page(request: TenantRequest, refused: str) -> HttpResponseBase:
    tabs = house_tabs if request.tenant.is_house else own_tabs
    found = proposals(request.tenant, request.standing, at=request.at)
    rows = [(each, each.changes[language()], each.sha256.hex()) for each in found]
    context = {"rows": rows, "lacks": found[0].lacks, "refused": refused, **tabs(request, "notice")}
    return render(request, "privacy/notice.html", context, status=422 if refused else 200)
