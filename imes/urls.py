"""Which address leads where."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from imes import health

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", admin.site.urls),
    path("health", health.health, name="health"),
    path("livez", health.livez, name="livez"),
    path("", include("members.urls")),
    path("", include("notifications.urls")),
]
