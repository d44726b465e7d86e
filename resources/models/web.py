"""A model field for a URL, typed with or without its scheme, and the host of one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db import models


class WebField(models.URLField):
    """Django's URLField, with https for a URL typed without a scheme (the default of Django 6)."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})


def host_of(url: str) -> str:
    """Return "example.org" of "https://www.example.org/groups" or "Example.org/groups"; "" if it has none."""
    try:
        host = urlsplit(url if "://" in url else f"//{url}").hostname
    except ValueError:
        return ""
    return (host or "").removeprefix("www.")


def share_a_site(host: str, other: str) -> bool:
    """True if one host is the other or a part of it: "grief.hospital.example" and "hospital.example"."""
    return host == other or host.endswith(f".{other}") or other.endswith(f".{host}")
