"""The fixed development credentials and numbers that the sandbox takes when the environment names no others.

They are public on purpose: they open nothing but a loopback program that refuses to start outside development.
"""

TWILIO_ACCOUNT_SID = "AC5a6db0c5a6db0c5a6db0c5a6db0c5a6d"
TWILIO_AUTH_TOKEN = "5eed0000c0ffee005eed0000c0ffee00"  # noqa: S105 - a published development value

AZURE_ACCESS_KEY = "c2FuZGJveC1hY2Nlc3Mta2V5LW9mLWRldmVsb3BtZW50IQ=="
AZURE_HOST = "imes-sandbox.unitedstates.communication.azure.com"
#: The immutable id of the resource, for which the events of its calls are signed.
AZURE_RESOURCE_ID = "5a6db0c5-a6db-4c5a-8db0-c5a6db0c5a6d"
AZURE_SPEECH = "https://imes-sandbox.cognitiveservices.azure.com"
AZURE_NUMBERS = ("+12065550190", "+18885550190")
AZURE_EVENTS_PATH = "/webhooks/azure/events"
AZURE_EVENTS_KEY = "events-of-the-sandbox-to-the-portal"

HOST = "127.0.0.1"
PORT = 8025
WEBHOOK_BASE = "http://127.0.0.1:8000"
INBOUND_PATH = "/webhooks/twilio/inbound"

MAGIC_NUMBER = "+15005550006"
LONG_CODE = "+12065550100"
TOLL_FREE = "+18885550100"
NUMBERS = (LONG_CODE, TOLL_FREE, MAGIC_NUMBER)

RECEIPT_DELAY_MS = 300
SLOW_DELAY_MS = 10_000
CALL_SECOND_MS = 1000
