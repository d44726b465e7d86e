"""The site of the curators' admin, in place of Django's own."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


class DeskConfig(AdminConfig):
    default_site = "directory.admin_site.DeskSite"


class DeskSite(AdminSite):
    # The links at the top of every page reach what curators work on; a list of every table only takes space.
    enable_nav_sidebar = False

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Return the list of all tables once it is looked at: every page has it, and one shows it."""
        build = super().get_app_list
        return SimpleLazyObject(lambda: build(request, app_label))
