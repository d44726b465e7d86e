"""Adapters of django-allauth: who may sign in, from where, and its messages."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from qrcode import make as make_qr_code
from qrcode.image.svg import SvgPathImage

from resources.admin.sign_in import sessions
from resources.http.throttling import client_of, peer_of, read_address

RATE_LIMITED_MESSAGE = _("Too many attempts. Wait a few minutes, then try again.")


class AccountAdapter(DefaultAccountAdapter):
    """Administrators create accounts; only accounts of curators may sign in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("Incorrect user name or password."),
        "incorrect_password": _("Incorrect password."),
        "enter_current_password": _("That is not your current password."),
        "too_many_login_attempts": RATE_LIMITED_MESSAGE,
        "rate_limited": RATE_LIMITED_MESSAGE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Answer other accounts as if the password were wrong, so that nobody learns that they exist."""
        user = super().authenticate(request, **credentials)
        return user if user and user.is_active and user.is_staff else None

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sessions.begin(request, at=timezone.now())

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client that our own proxies name, else the peer."""
        return str(read_address(client_of(request)) or peer_of(request))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Do not ask again for setting up the second step, which follows the sign-in."""
        enabled = is_mfa_enabled(self.request.user)
        return bool(enabled and super().is_reauthentication_required(app=app, **kwargs))

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_signed_out")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("admin:index")


class MFAAdapter(DefaultMFAAdapter):
    """Messages and the QR code of two-step sign-in."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("Incorrect code. Codes change every 30 seconds, so use the latest one."),
    }

    def build_totp_svg(self, url: str) -> str:
        """Return SVG for the page itself: the content security policy forbids `data:` URLs and `style`."""
        return str(make_qr_code(url, image_factory=SvgPathImage).to_string(encoding="unicode"))
