"""Error pages: JSON for programs, an HTML page for people.

Pages are rendered without context processors, so that none of them needs the database or the session.
"""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from api.errors import is_api_request, problem_response
from directory.context import site
from resources.pages.urgent import urgent_context

ADMIN_PREFIX = "/admin/"  # its errors look like its pages


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return _render_error(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """Answer 403: for handler403 and, with a `reason`, for CSRF_FAILURE_VIEW."""
    return _render_error(request, HTTPStatus.FORBIDDEN, is_expired_form=bool(reason))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404."""
    return _render_error(request, HTTPStatus.NOT_FOUND)


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """Answer 405: a page of the admin that only a button opens."""
    return _render_error(request, HTTPStatus.METHOD_NOT_ALLOWED)


def payload_too_large(request: HttpRequest) -> HttpResponse:
    """Answer 413: the body is larger than its form allows. Nothing of it was read."""
    return _render_error(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def too_many_requests(request: HttpRequest, *, wait: int = 60) -> HttpResponse:
    """Answer 429. Retry after `wait` seconds. The page has the emergency numbers on it."""
    response = _render_error(request, HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(wait)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return _render_error(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503: the database does not respond. Retry after 30 seconds."""
    response = _render_error(request, HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = "30"
    return response


def _render_error(request: HttpRequest, status: HTTPStatus, *, is_expired_form: bool = False) -> HttpResponse:
    if is_api_request(request):
        return problem_response(status)
    if request.path.startswith(ADMIN_PREFIX):
        context = {"status": status.value, "is_expired_form": is_expired_form, "name": settings.SITE_NAME}
        return HttpResponse(render_to_string("admin/error.html", context), status=status)
    urgent = urgent_context("", today=timezone.localdate())
    page = render_to_string(f"{status.value}.html", {"request": request, "urgent": urgent, **site(request)})
    return HttpResponse(page, status=status)
