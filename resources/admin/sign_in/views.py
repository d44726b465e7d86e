"""The pages of signing in: django-allauth's views in the frame of the desk."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from allauth.account import views as account
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as codes
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.contrib import admin
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from resources.admin.sign_in import forms
from resources.admin.sign_in.sessions import has_proved
from resources.events import log_event

LIMITED = {"too_many_login_attempts", "rate_limited"}
# Why somebody was not let in, by the code of the form's error, as the log says it.
REFUSALS = {
    "username_password_mismatch": "password",
    "incorrect_password": "password",
    "incorrect_code": "code",
    **dict.fromkeys(LIMITED, "limit"),
}


class SignInPageMixin:
    """In the frame of the desk, and never kept by the browser: some of these pages show secrets."""

    title: Any = ""
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **admin.site.each_context(self.request),
            **super().get_context_data(**kwargs),  # type: ignore[misc]
            "title": self.title,
            "has_permission": has_proved(self.request),
            "onward": get_next_redirect_url(self.request) or reverse("admin:index"),
        }

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, with what was typed; where trying was too much, with the number for it."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        said = {error.code for sentences in form.errors.as_data().values() for error in sentences}
        for reason in sorted({REFUSALS[code] for code in said & REFUSALS.keys()}):
            log_event("refused_sign_in", reason=reason)
        if said & LIMITED:
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response


class SignInView(SignInPageMixin, account.LoginView):
    title = _("Sign in")
    form_class = forms.SignInForm


class SignOut(SignInPageMixin, account.LogoutView):
    title = _("Sign out")

    def logout(self) -> None:
        """Without a message: it would give a new session to somebody who has just left."""
        logout(self.request)


class SignedOut(SignInPageMixin, TemplateView):
    title = _("You have signed out")
    template_name = "account/signed_out.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return HttpResponseRedirect(reverse("admin:index"))
        return super().get(request, *args, **kwargs)


class SignUpClosedView(SignInPageMixin, TemplateView):
    """What is done by an administrator, and not by e-mail or by oneself."""

    title = _("Ask an administrator")
    template_name = "account/closed.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**kwargs), status=HTTPStatus.FORBIDDEN)

    post = get


class ChangePassword(SignInPageMixin, account.PasswordChangeView):
    title = _("Change your password")
    form_class = forms.NewPasswordForm


class PasswordAgain(SignInPageMixin, account.ReauthenticateView):
    title = _("Your password again")
    form_class = forms.PasswordAgainForm


class SecondStep(SignInPageMixin, codes.AuthenticateView):
    title = _("Your code")
    form_class = forms.SecondStepForm


class SecondStepAgain(SignInPageMixin, codes.ReauthenticateView):
    title = _("Your code again")
    form_class = forms.SecondStepAgainForm


class SecondStepOverview(SignInPageMixin, codes.IndexView):
    title = _("Two-step sign-in")


class SetUp(SignInPageMixin, totp.ActivateTOTPView):
    title = _("Set up two-step sign-in")
    form_class = forms.SetUpForm

    def form_valid(self, form: Any) -> HttpResponse:
        """The code just typed is this session's second step, and is not good for another."""
        response: HttpResponse = super().form_valid(form)
        second_step = Authenticator.objects.get(user_id=self.request.user.pk, type=Authenticator.Type.TOTP)
        forms.mark_code_used(second_step, form.cleaned_data["code"])
        self.request.session.cycle_key()
        proof = ReauthenticateForm(user=self.request.user)
        proof.authenticator = second_step
        proof.save()
        return response

    def get_success_url(self) -> str:
        wanted = get_next_redirect_url(self.request)
        query = f"?{urlencode({'next': wanted})}" if wanted else ""
        return f"{super().get_success_url()}{query}"


class ReplacePhoneView(SignInPageMixin, totp.DeactivateTOTPView):
    title = _("Use another phone")
    success_url = reverse_lazy("mfa_activate_totp")


class RecoveryCodes(SignInPageMixin, recovery.ViewRecoveryCodesView):
    title = _("Recovery codes")


class NewRecoveryCodes(SignInPageMixin, recovery.GenerateRecoveryCodesView):
    title = _("Make new recovery codes")


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """In place of Django's own sign-in, which asks for no code. Keeps where one wanted to go."""
    return HttpResponseRedirect(f"{reverse('account_login')}?{request.GET.urlencode()}")


def to_new_password(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("account_change_password"))


def raise_404(request: HttpRequest) -> HttpResponse:
    raise Http404
