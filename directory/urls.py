"""Every URL of the site."""

from itertools import chain
from typing import Any

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from api.docs import api_docs
from directory import views
from resources.admin.drafts import drafts_urls
from resources.admin.history import undo_urls
from resources.admin.importing import import_urls
from resources.admin.today import today_urls
from resources.admin.upkeep import activity_urls


def admin_urls() -> list[Any]:
    """Return the admin's own pages, before Django's."""
    own = (today_urls, undo_urls, drafts_urls, import_urls, activity_urls)
    return [*chain.from_iterable(urls() for urls in own), *admin.site.get_urls()]


urlpatterns = [
    path("", include("resources.pages.urls")),
    path("api/v1/", include("api.v1.urls")),
    path("api/docs/", api_docs, name="api_docs"),
    path("admin/", include("resources.admin.sign_in.urls")),
    path("admin/accounts/", RedirectView.as_view(pattern_name="admin:auth_user_changelist"), name="accounts"),
    path(
        "admin/",
        (admin_urls(), "admin", admin.site.name),
    ),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("robots.txt", views.robots),
    path(".well-known/gpc.json", views.gpc),
    path(".well-known/security.txt", views.security),
]

handler400 = "directory.errors.bad_request"
handler403 = "directory.errors.forbidden"
handler404 = "directory.errors.not_found"
handler429 = "directory.errors.too_many_requests"  # allauth's name; Django has none
handler500 = "directory.errors.server_error"
