from kontor.office.privacy.urls.anybody import urlpatterns as anybody
from kontor.office.privacy.urls.erasures import urlpatterns as erasures
from kontor.office.privacy.urls.house import urlpatterns as house
from kontor.office.privacy.urls.keeping import house as keeping

app_name = "privacy"

# /privacy/
urlpatterns = [*anybody, *house, *erasures, *keeping]
