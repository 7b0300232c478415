"""What goes by itself: the house's, and a company's own."""

from django.urls import path

from kontor.office.privacy.views import keeping

house = [
    path("keeping/", keeping.house_overview, name="keeping"),
    path("keeping/settle/", keeping.house_settle, name="keeping-settle"),
    path("keeping/rules/<uuid:rule_id>/end/", keeping.house_end, name="keeping-end"),
    path("keeping/<str:key>/", keeping.house_one, name="keeping-one"),
]
own = [
    path("keeping/", keeping.own_overview, name="keeping"),
    path("keeping/settle/", keeping.own_settle, name="keeping-settle"),
    path("keeping/rules/<uuid:rule_id>/end/", keeping.own_end, name="keeping-end"),
    path("keeping/<str:key>/", keeping.own_one, name="keeping-one"),
]
