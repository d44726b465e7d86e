"""Answers as files: the whole of one, streamed, in the format that `as` names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from api.v1.serializers.listings import with_addresses
from resources.exchange.formats import FORMATS, Format

PARAMETER = "as"
JSON = "json"


class FormatForm(forms.Form):
    """Holds one field, `as`, which is no name for an attribute."""


FormatForm.base_fields[PARAMETER] = forms.ChoiceField(
    choices=[(JSON, "JSON"), *((each.name, each.label) for each in FORMATS)],
    required=False,
    label=_("Format"),
    help_text=_(
        "How the answer is written: json, one page at a time, if not given. The others hold all of it,"
        " unless page or page_size asks for one page."
    ),
    error_messages={"invalid_choice": _("“%(value)s” is not one of the choices.")},
)


class FormatNegotiation(DefaultContentNegotiation):
    """A question that names its format gets that, whatever its Accept header."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        if request.query_params.get(PARAMETER):
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)  # type: ignore[no-any-return]


def asks_for_a_page(query: QueryDict) -> bool:
    return bool(query.get("page") or query.get("page_size"))


def written(
    form: Format, request: Request, about: Mapping[str, Any], results: Iterable[dict[str, Any]]
) -> StreamingHttpResponse:
    """The results as a file, sent while they are read."""
    addressed = (with_addresses(request, result) for result in results)
    response = StreamingHttpResponse(form.write(addressed, about), content_type=form.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{form.file_name}"'
    return response
