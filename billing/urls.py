"""Addresses of the billing app: the webhook of the payment provider."""

from django.urls import URLPattern, path

from billing.stripe.view import stripe_webhook

urlpatterns: list[URLPattern] = [path("webhooks/stripe", stripe_webhook, name="stripe-webhook")]
