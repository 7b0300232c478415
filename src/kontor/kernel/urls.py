from django.urls import path

from kontor.kernel.views import about, design, frame, search, third_party

app_name = "kernel"

urlpatterns = [
    path("", frame.home, name="home"),
    path("health", frame.health, name="health"),
    path("metrics", frame.metrics, name="metrics"),
    path("search/", search.search, name="search"),
    path("site/", frame.choose_site, name="site"),
    path("language/", frame.choose_language, name="language"),
    path("theme/", frame.choose_theme, name="theme"),
    path("density/", frame.choose_density, name="density"),
    path("design/", design.design, name="design"),
    path("about/", about.about, name="about"),
    path("open-source/", third_party.third_party, name="third-party"),
]
