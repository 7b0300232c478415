from kontor.office.privacy.urls.anybody import urlpatterns as anybody
from kontor.office.privacy.urls.consents import urlpatterns as consents
from kontor.office.privacy.urls.erasures import urlpatterns as erasures
from kontor.office.privacy.urls.house import urlpatterns as house
from kontor.office.privacy.urls.keeping import house as keeping
from kontor.office.privacy.urls.notice import urlpatterns as notice

app_name = "privacy"

# /privacy/
urlpatterns = [*anybody, *house, *erasures, *keeping, *notice, *consents]
