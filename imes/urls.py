"""Which address leads where."""

from django.contrib import admin
from django.urls import include, path

from imes import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health", health.health, name="health"),
    path("livez", health.livez, name="livez"),
    path("", include("members.urls")),
    path("", include("billing.urls")),
    path("", include("notifications.urls")),
]
