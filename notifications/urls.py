"""Addresses of the notifications app: the hook that fires flows, the providers' webhooks, the links in e-mails."""

from django.urls import URLPattern, path

from notifications.hooks import view as hooks
from notifications.pages.acknowledge import acknowledge_page
from notifications.pages.router_state import router_state_json
from notifications.webhooks import azure, azure_calls, twilio, twilio_voice

urlpatterns: list[URLPattern] = [
    path("hooks/<str:token>", hooks.fire, name="hook"),
    path("api/admin/router-state", router_state_json, name="router-state"),
    path("ack/<str:token>", acknowledge_page, name="acknowledge"),
    path("webhooks/azure/events", azure.events, name="azure-events"),
    path("webhooks/azure/events/<str:account_ref>", azure.events, name="azure-events-of"),
    path("webhooks/azure/call/<str:attempt_id>", azure_calls.event, name="azure-call"),
    path("webhooks/twilio/status/<str:attempt_id>", twilio.status, name="twilio-status"),
    path("webhooks/twilio/status", twilio.status, name="twilio-status-bare"),
    path("webhooks/twilio/inbound", twilio.inbound, name="twilio-inbound"),
    path("webhooks/twilio/call/<str:attempt_id>", twilio_voice.event, name="twilio-call"),
    path("webhooks/twilio/keys/<str:attempt_id>", twilio_voice.keys, name="twilio-keys"),
]
