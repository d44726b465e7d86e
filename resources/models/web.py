"""A model field for a URL, typed with or without its scheme."""

from __future__ import annotations

from typing import Any

from django.db import models


class WebField(models.URLField):
    """Django's URLField, with https for a URL typed without a scheme (the default of Django 6)."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})
