"""Middleware of /admin/: sessions and the second step. Does not read sessions elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth import SESSION_KEY, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from resources.admin.drafts import keep_if_form
from resources.admin.sign_in import sessions
from resources.curation.permissions import curator_of

ADMIN_PREFIX = "/admin/"
# Views for people who are not signed in, or with one step only.
PUBLIC_VIEWS = {
    *("account_login", "admin_login", "account_logout", "admin_logout", "account_signed_out"),
    *("account_reset_password", "account_reset_password_done", "account_reset_password_from_key"),
}
SET_UP = "mfa_activate_totp"
SAFE_METHODS = ("GET", "HEAD")


class CuratorSessionMiddleware:
    """Ends sessions that are idle, old or no longer a curator's, and requires the second step."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        if not request.path.startswith(ADMIN_PREFIX):
            return None
        end_stale_session(request)
        if not request.user.is_authenticated:
            return None
        return self.enforce_timeout(request) or self.require_second_step(request)

    def enforce_timeout(self, request: HttpRequest) -> HttpResponseBase | None:
        """Sign out and redirect if the session is idle or old; None otherwise.

        A submitted form of a record is kept as a draft, which is shown after signing in again.
        """
        now = timezone.now()
        if sessions.is_expired(request, at=now):
            kept = keep_if_form(request) if request.method == "POST" else ""
            logout(request)
            if kept:
                return HttpResponseRedirect(
                    f"{reverse('account_login')}?{urlencode({'why': 'time', 'next': kept})}"
                )
            return redirect_to("account_login", request, why="time")
        sessions.record_use(request, at=now)
        return None

    def require_second_step(self, request: HttpRequest) -> HttpResponseBase | None:
        """Redirect to the second step, or to its set-up, if the session has given no code; None otherwise."""
        if not request.user.is_authenticated or is_public_view(request) or sessions.is_verified(request):
            return None
        if not sessions.has_second_step(request):
            return None if view_name(request) == SET_UP else redirect_to(SET_UP, request)
        # Signed in before the account had a second step, or with a phone that was replaced.
        logout(request)
        return redirect_to("account_login", request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Redirect to reauthentication without storing the request, as allauth would do.

        The curator presses the button once more afterwards.
        """
        if not isinstance(exception, ReauthenticationRequired):
            return None
        page = "account_reauthenticate" if request.user.is_authenticated else "account_login"
        return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}")


def curators_time_zone(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Use the time zone of the signed-in curator under /admin/."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(ADMIN_PREFIX):
            return get_response(request)
        curator = curator_of(request.user)
        with timezone.override(curator.time_zone if curator and curator.time_zone else None):
            return get_response(request)

    return middleware


def end_stale_session(request: HttpRequest) -> None:
    """End the session of a closed account, so that it is not revived when the account is opened again."""
    if request.user.is_authenticated:
        if not request.user.is_staff:
            logout(request)
    elif SESSION_KEY in request.session:
        request.session.flush()


def redirect_to(page: str, request: HttpRequest, **query: str) -> HttpResponseBase | None:
    """Redirect to a page of signing in; None on public views.

    Raises PermissionDenied for a POST, which would be lost.
    """
    if is_public_view(request):
        return None
    if request.method not in SAFE_METHODS:
        raise PermissionDenied
    query["next"] = request.get_full_path()
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode(query)}")


def is_public_view(request: HttpRequest) -> bool:
    """Return True if the request is for a view without sign-in."""
    return view_name(request) in PUBLIC_VIEWS


def view_name(request: HttpRequest) -> str:
    """Return the name of the request's view, "" if there is none."""
    return request.resolver_match.view_name if request.resolver_match else ""
