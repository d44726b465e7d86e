"""The JSON renderer.

Named in REST_FRAMEWORK, so it imports nothing that needs REST framework's views to be loaded first.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


class OrjsonRenderer(BaseRenderer):
    """JSON in UTF-8, compact. Amounts are numbers, dates are ISO 8601."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=json_default)


def json_default(value: Any) -> Any:
    """Convert what orjson cannot. Raises TypeError for a type without one obvious form in JSON."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
