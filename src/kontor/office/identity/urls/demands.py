"""What is demanded before one comes in: an instruction, a supported client, a sound device."""

from django.urls import path

from kontor.office.identity.views import admission, app_devices, clients, device_facts, instructions

urlpatterns = [
    path("supported/", clients.supported, name="supported"),
    path("supported/list/", clients.clients, name="clients"),
    path("supported/list/<uuid:row_id>/drop/", clients.drop, name="client-drop"),
    path("refused/", admission.refused, name="refused"),
    path("refused/rules/", admission.accept_rules, name="device-accept"),
    path("device/", device_facts.device, name="device"),
    path("security/devices/", app_devices.devices, name="devices"),
    path("security/devices/policy/", app_devices.device_policy, name="device-policy"),
    path("instruction/", instructions.instruction, name="instruction"),
    path("confidentiality/", instructions.confidentiality, name="confidentiality"),
    path("security/instruction/", instructions.overview, name="instructions"),
    path("security/instruction/<slug:topic>/new/", instructions.publish, name="instruction-publish"),
    path("security/instruction/<slug:topic>/confirmations/", instructions.commitments, name="commitments"),
    path("security/instruction/editions/<uuid:instruction_id>/", instructions.version, name="instruction-version"),
]
