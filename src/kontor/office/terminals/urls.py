from django.urls import path

from kontor.office.terminals.views import device, terminals

app_name = "terminals"

# /terminals/
urlpatterns = [
    path("", terminals.terminals, name="terminals"),
    path("pair/", terminals.pair, name="pair"),
    path("device/", device.device, name="device"),
    path("device/pairing/", device.pairing, name="pairing"),
    path("device/start/", device.start, name="start"),
    path("device/standby/", device.standby, name="standby"),
    path("device/beat/", device.beat, name="beat"),
    path("<uuid:terminal_id>/", terminals.terminal, name="terminal"),
    path("<uuid:terminal_id>/change/", terminals.change, name="change"),
    path("<uuid:terminal_id>/restart/", terminals.restart, name="restart"),
    path("<uuid:terminal_id>/unpair/", terminals.unpair, name="unpair"),
]
