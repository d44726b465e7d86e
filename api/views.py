"""What every address of the API has in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

import orjson
from django import forms
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.parameters import NoParameters, read_parameters
from resources.http.conditional import conditional_response
from resources.search.filters import ParameterError

LONGEST_BODY = 4096  # bytes
LONGEST_LENGTH = re.compile("[0-9]{1,9}")  # of a header that says how many bytes there are


class ReadView(APIView):
    """An address that can only be read. Its parameters are read, or refused, before `get` is called."""

    http_method_names = ["get", "head", "options"]

    operation_id: ClassVar[str]
    summary: ClassVar[Any]
    description: ClassVar[Any]
    answers_with: ClassVar[type[serializers.Serializer]]
    example_queries: ClassVar[tuple[str, ...]] = ()
    also_answers_in: ClassVar[tuple[str, ...]] = ()  # media types, beside JSON
    of_catalogue: ClassVar[bool] = True
    parameters: ClassVar[type[forms.Form]] = NoParameters
    asked: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """304 before anything is read, for a program that has this answer already."""
        respond = partial(super().dispatch, request, *args, **kwargs)
        return conditional_response(request, respond, of_catalogue=self.of_catalogue)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in ("GET", "HEAD"):  # any other method is refused for being one
            self.asked = self.read(request.query_params)

    def read(self, query: QueryDict) -> Any:
        """The question, understood. Raises `QuestionRefused`."""
        return read_parameters(self.parameters, query)

    def documented_fields(self) -> Mapping[str, forms.Field]:
        return self.parameters.base_fields

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """The methods allowed, in the Allow header."""
        return Response(status=204)


class OneObject(BaseParser):
    """A body of JSON in UTF-8, whatever its type says of letters: one object, of a depth that can be read.

    Half a character, which no answer could repeat, is refused here too.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> dict[str, Any]:
        try:
            told = orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            raise ParseError(_("Send one JSON object.")) from error
        if not isinstance(told, dict):
            raise ParseError(_("Send one JSON object."))
        return told


class QuestionAPIView(APIView):
    """An address that takes a question as JSON, answers it and keeps nothing of it."""

    http_method_names = ["post", "options"]
    parser_classes = [OneObject]

    operation_id: ClassVar[str]
    summary: ClassVar[Any]
    description: ClassVar[Any]
    takes: ClassVar[type[serializers.Serializer]]
    answers_with: ClassVar[type[serializers.Serializer]]
    form: ClassVar[type[forms.Form]]
    example_body: ClassVar[dict[str, Any]]
    longest_body: ClassVar[int] = LONGEST_BODY
    example_queries: ClassVar[tuple[str, ...]] = ()
    also_answers_in: ClassVar[tuple[str, ...]] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            check_length(request.META.get("CONTENT_LENGTH"), longest=self.longest_body)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response.headers["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)

    def documented_fields(self) -> Mapping[str, forms.Field]:
        """None: what is asked stands in the body, which `takes` describes."""
        return {}

    def told(self, request: Request) -> dict[str, str]:
        """The body's members as a form reads them. Raises ParseError where it is no JSON object."""
        told: dict[str, Any] = request.data  # type: ignore[assignment]  # as `OneObject` reads it
        return {name: _as_typed(value) for name, value in told.items() if value is not None}

    def unknown(self, request: Request) -> list[ParameterError]:
        known = tuple(self.form.base_fields)
        return [
            ParameterError(str(name)[:100], gettext("There is no member of this name."), known)
            for name in request.data
            if name not in known
        ]

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """The methods allowed, in the Allow header."""
        return Response(status=204)


def check_length(stated: str | None, *, longest: int = LONGEST_BODY) -> None:
    """Raises TooLong for a body over `longest`, and for one that does not say how long it is."""
    if not LONGEST_LENGTH.fullmatch(stated or "") or int(stated or 0) > longest:
        raise TooLong(longest)


class TooLong(APIException):
    status_code = 413

    def __init__(self, longest: int) -> None:
        super().__init__(
            gettext("Send at most %(size)d KB, and say in Content-Length how much it is.")
            % {"size": longest // 1024}
        )


def _as_typed(value: Any) -> str:
    """Numbers as they would be typed; what is no plain value is left for the field to refuse."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)
