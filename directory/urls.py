"""Every address of the site, door by door."""

from django.contrib import admin
from django.urls import include, path

from api.docs import api_docs
from directory import health, wellknown

urlpatterns = [
    path("", include("resources.pages.urls")),
    path("api/v1/", include("api.v1.urls")),
    path("api/docs/", api_docs, name="api_docs"),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("robots.txt", wellknown.robots),
    path(".well-known/gpc.json", wellknown.gpc),
]

handler400 = "directory.errors.bad_request"
handler403 = "directory.errors.forbidden"
handler404 = "directory.errors.not_found"
handler500 = "directory.errors.server_error"
