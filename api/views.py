"""What every address of the API has in common."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.parameters import NoParameters, read_parameters
from resources.http.conditional import unless_unchanged


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
        return unless_unchanged(request, respond, of_catalogue=self.of_catalogue)

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
