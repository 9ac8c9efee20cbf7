"""Addresses under which every page breaks once it is rendered: its template finds none of the others."""

from django.urls import path

from members.pages import accept_number

urlpatterns = [path("invite/number", accept_number.number)]
