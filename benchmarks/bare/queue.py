"""
The desk's queue to be measured against: the same fifty rows of all open requests on plain Django.

A session, a signed-in user, one count and one page of a table without row security, in the same order, and a template
that shows what stands in a row. No tenant, no permissions, no menu, no views, no counts of each, one language.
"""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext
from django.test import override_settings
from django.urls import path

from benchmarks.bare.page import _ENGINE, one

TABLES = {
    "bare_ticket": "SELECT id, number, subject, customer_name, requester_name, class_key, next_promise, next_due,"
    " counted_from, assignee_name FROM desk_ticket WHERE closed_at IS NULL",
}
INDEXES = {"bare_ticket": "(next_due NULLS LAST, number)"}


class BareTicket(models.Model):
    id = models.UUIDField(primary_key=True)
    number = models.IntegerField()
    subject = models.CharField(max_length=300)
    customer_name = models.CharField(max_length=200)
    requester_name = models.CharField(max_length=200)
    class_key = models.CharField(max_length=50)
    next_promise = models.CharField(max_length=20)
    next_due = models.DateTimeField(null=True)
    counted_from = models.DateTimeField(null=True)
    assignee_name = models.CharField(max_length=200)

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "bare_ticket"


_TEMPLATE = _ENGINE.get_template("queue.html")


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    rows = BareTicket.objects.order_by(models.F("next_due").asc(nulls_last=True), "number")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return HttpResponse(_TEMPLATE.render(RequestContext(request, {"page": page})))


urlpatterns = [path("bare/queue/", queue), path("bare/<uuid:pk>/", one, name="bare-one")]
own_addresses = override_settings(ROOT_URLCONF=__name__)
