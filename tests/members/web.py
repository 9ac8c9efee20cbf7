"""A browser of somebody of the cast, signed in."""

from django.test import Client

from tenants.models import User
from tests.cast import PASSWORD


def signed_in(user: User) -> Client:
    client = Client()
    assert client.login(username=user.email, password=PASSWORD)
    return client
