"""Addresses of the members app: accepting an invite, and the legal pages that the consent text links to."""

from django.urls import path

from members.pages import accept, legal

urlpatterns = [
    path("invite/accept", accept.accept, name="invite_accept"),
    path("terms", legal.terms, name="terms"),
    path("privacy", legal.privacy, name="privacy"),
]
