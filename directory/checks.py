"""Misconfiguration, said at start-up in the operator's words."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def https_site_is_reached_safely(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        Error(
            "SITE_URL is https, and no proxy is trusted to say that a request came by https.",
            hint="Set TRUSTED_PROXIES to the addresses of the proxy that ends TLS, such as 127.0.0.1.",
            id="directory.E001",
        )
    ]
