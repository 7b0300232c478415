from kontor.office.privacy.urls.house import urlpatterns as house

app_name = "privacy"

# /privacy/
urlpatterns = [*house]
