"""Context for every template."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Return name, URL and leave URL of the site."""
    return {"site": {"name": settings.SITE_NAME, "url": settings.SITE_URL, "leave_url": settings.LEAVE_URL}}
