"""Sign-in forms: our labels, a limit on guessed codes, and each code only once."""

from __future__ import annotations

import base64
import hmac
import re
import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.utils import decrypt
from django import forms
from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resources.curation.password_links import request_reset

MAX_CODE_LENGTH = 20
# What every authenticator app assumes, and allauth's own defaults.
CODE_SECONDS = 30
CODE_DIGITS = 6


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_labels(self, login=_("User name"), password=_("Password"))


class PasswordAgainForm(PasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_labels(self, password=_("Password"))


class NewPasswordForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_labels(
            self,
            oldpassword=_("Current password"),
            password1=_("The new password"),
            password2=_("Confirm new password"),
        )


class ForgottenPasswordForm(PasswordResetForm):
    """The address of the account. Accepted and limited alike, whether or not an account has it."""

    def clean_email(self) -> str:
        address = str(self.cleaned_data["email"])
        if not ratelimit.consume(context.request, action="password_link", key=address.casefold()):
            raise get_adapter().validation_error("rate_limited")
        return address

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store what is to be sent. `run_jobs` sends it, so that a known address is not answered later."""
        request_reset(address=self.cleaned_data["email"], at=timezone.now())


class ChoosePasswordForm(SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_labels(self, new_password1=_("The new password"), new_password2=_("Confirm new password"))


class SetUpForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        configure_code_field(self, _("Code from your app"))


class CodeFormMixin:
    """Limits guesses of a code per account, because six digits are quickly tried by someone with the
    password.

    Nobody without the password can use the guesses up and so lock the right person out.
    """

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    user: Any
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        configure_code_field(self, _("Code"))

    def clean_code(self) -> str:
        limit: dict[str, Any] = {"action": "second_step", "key": f"second-step-{self.user.pk}"}
        if not ratelimit.consume(context.request, **limit):
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not mark_code_used(
            self.authenticator, code
        ):
            raise get_mfa_adapter().validation_error("incorrect_code")
        ratelimit.clear(context.request, **limit)
        return code


class SecondStepForm(CodeFormMixin, AuthenticateForm):
    pass


class SecondStepAgainForm(CodeFormMixin, ReauthenticateForm):
    pass


@transaction.atomic
def mark_code_used(authenticator: Authenticator, code: str) -> bool:
    """Mark this code and all earlier ones as used. Returns False if it already was.

    allauth stores used codes in the cache, which every server process has for itself.
    """
    locked = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    secret = decrypt(locked.data["secret"])
    typed = re.sub(r"[\W_]", "", code)
    now, tolerance = step_at(time.time()), settings.MFA_TOTP_TOLERANCE
    steps = [
        step for step in range(now - tolerance, now + tolerance + 1) if code_of_step(secret, step) == typed
    ]
    if not steps or max(steps) <= locked.data.get("last_step", 0):
        return False
    locked.data["last_step"] = max(steps)
    locked.save(update_fields=["data"])
    return True


def step_at(timestamp: float) -> int:
    """Return the number of whole code periods since 1970."""
    return int(timestamp) // CODE_SECONDS


def code_of_step(secret: str, step: int) -> str:
    """Return the code that an app with this secret (base32) shows in a period (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret, casefold=True), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def set_labels(form: Any, **labels: Any) -> None:
    """Set visible labels, and remove placeholders."""
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)


def configure_code_field(form: Any, label: Any) -> None:
    """Label the code's field, and set its length and keyboard."""
    set_labels(form, code=label)
    field = forms.CharField(label=label, max_length=MAX_CODE_LENGTH, widget=form.fields["code"].widget)
    field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}
    form.fields["code"] = field
