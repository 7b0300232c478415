from django.urls import path

from kontor.office.terminals.views import device, printing, terminals

app_name = "terminals"

# /terminals/
urlpatterns = [
    path("", terminals.terminals, name="terminals"),
    path("pair/", terminals.pair, name="pair"),
    path("printers/", printing.printers, name="printers"),
    path("printers/new/", printing.printer, name="printer-new"),
    path("printers/<uuid:printer_id>/", printing.printer, name="printer"),
    path("printers/<uuid:printer_id>/remove/", printing.remove, name="printer-remove"),
    path("printers/<uuid:printer_id>/test/", printing.test, name="printer-test"),
    path("printers/jobs/<uuid:job_id>/again/", printing.again, name="print-again"),
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
