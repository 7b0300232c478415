"""
The knowledge base to be measured against: the same articles under their categories on plain Django.

A session, a signed-in user, one query without row security, and a template that lists what was found. No tenant, no
permissions, no menu, no readers, no modules, one language.
"""

from django.contrib.auth.decorators import login_required
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext
from django.test import override_settings
from django.urls import path

from benchmarks.bare.page import _ENGINE, one

TABLES = {"bare_article": "SELECT id, kind, category_en, title_en FROM desk_article"}
INDEXES = {"bare_article": "(category_en, title_en)"}


class BareArticle(models.Model):
    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=10)
    category_en = models.CharField(max_length=100)
    title_en = models.CharField(max_length=200)

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "bare_article"


_TEMPLATE = _ENGINE.get_template("articles.html")


@login_required
def articles(request: HttpRequest) -> HttpResponse:
    rows = BareArticle.objects.order_by("category_en", "title_en")
    return HttpResponse(_TEMPLATE.render(RequestContext(request, {"rows": rows})))


urlpatterns = [path("bare/articles/", articles), path("bare/<uuid:pk>/", one, name="bare-one")]
own_addresses = override_settings(ROOT_URLCONF=__name__)
