"""The OpenAPI document, drawn once for each language from the views themselves."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator


@lru_cache(maxsize=16)
def openapi_document(language: str) -> dict[str, Any]:
    """The document in `language` ("" is the site's own), shared between requests: change nothing in it."""
    with translation.override(language or None):
        generator = SchemaGenerator()  # type: ignore[no-untyped-call]
        document: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    for shape in document["components"]["schemas"].values():
        shape.pop("description", None)  # a docstring: written for us, in one language
    _forget_enum_marks(document)
    return document


def _forget_enum_marks(node: Any) -> None:
    """Removes the generator's own notes on choices, which mean nothing to a reader."""
    if isinstance(node, dict):
        node.pop("x-spec-enum-id", None)
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _forget_enum_marks(child)
