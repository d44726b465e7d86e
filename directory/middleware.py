"""Middleware for every response of the site."""

import re
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.middleware.gzip import GZipMiddleware
from django.urls import Resolver404, resolve

from directory import errors
from resources.http.throttling import cost_of, count_request

GetResponse = Callable[[HttpRequest], HttpResponseBase]

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


# Answered even when all else is slow: they need no database and have their own thread (`directory.asgi`).
ALWAYS_ANSWERED = ("/healthz", "/urgent/")
# However often one address asks: these have numbers to call in an emergency, or a monitor asks for them.
NEVER_LIMITED = (*ALWAYS_ANSWERED, "/", "/calls/", "/readyz")


def trust_only_known_proxies(get_response: GetResponse) -> GetResponse:
    """Drop forwarding headers of everyone but the proxies in TRUSTED_PROXIES."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.META.get("REMOTE_ADDR") not in settings.TRUSTED_PROXIES:
            for name in FORWARDED:
                request.META.pop(name, None)
        return get_response(request)

    return middleware


def privacy_headers(get_response: GetResponse) -> GetResponse:
    """Let browsers cache pages for the person who asked, and nobody in between."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Send SECURE_CSP, which has the format of Django 6, so that its own middleware can replace this one."""
    policy = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


# Prefixes of paths that accept request bodies; each checks for itself who may send what.
WRITABLE_PREFIXES = ("/admin/", "/api/")
MAX_BODY_BYTES = 128 * 1024 * 1024  # there, before anyone has read it: curators upload lists
SAFE_METHODS = ("GET", "HEAD")


def read_only_for_visitors(get_response: GetResponse) -> GetResponse:
    """Refuse unexpected request bodies before reading them: slow senders would block every thread.

    Forms of visitors are short and state their length: `same_origin.visitor_form` limits each.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method in SAFE_METHODS:
            return get_response(request)
        if request.path.startswith(WRITABLE_PREFIXES):
            length = request.META.get("CONTENT_LENGTH") or ""
            if len(length) > 9 or (length.isdecimal() and int(length) > MAX_BODY_BYTES):
                return errors.payload_too_large(request)
            return get_response(request)
        max_bytes = _max_form_bytes(request)
        if not max_bytes:
            return HttpResponseNotAllowed(SAFE_METHODS)
        length = request.META.get("CONTENT_LENGTH") or ""
        if not re.fullmatch("[0-9]{1,9}", length) or int(length) > max_bytes:
            return errors.payload_too_large(request)
        return get_response(request)

    return middleware


def _max_form_bytes(request: HttpRequest) -> int:
    """Return the maximum size of the form at this path in bytes; 0 if there is no form."""
    if request.method != "POST":
        return 0
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return 0
    return int(getattr(view, "max_form_bytes", 0))


def limit_requests(get_response: GetResponse) -> GetResponse:
    """Answer 429 to an address that asks more than a hospital full of people, and 503 when too many wait."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info in NEVER_LIMITED:
            return get_response(request)
        if request.META.get("directory.is_busy"):
            return errors.unavailable(request)
        if wait := count_request(request, cost_of(request)):
            return errors.too_many_requests(request, wait=wait)
        return get_response(request)

    return middleware


def admin_method_not_allowed(get_response: GetResponse) -> GetResponse:
    """Give Django's empty 405 in the admin a page: signing in again may lead to the address of a button."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.path.startswith(errors.ADMIN_PREFIX):
            page = errors.method_not_allowed(request)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    return middleware


class CompressionMiddleware(GZipMiddleware):
    """Django's, which leaves files alone of which a part may be asked for: its bytes are counted."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return (
            response if "Accept-Ranges" in response.headers else super().process_response(request, response)
        )


class DatabaseUnavailableMiddleware:
    """Answer 503 instead of crashing while the database is away. Pages that need no database keep working."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, OperationalError | InterfaceError):
            return errors.unavailable(request)
        return None
