"""Sign-in views: django-allauth's views in the admin's layout."""

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
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import logout
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN as TOKEN
from django.contrib.auth.views import PasswordResetConfirmView, PasswordResetView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from resources.admin.sign_in import forms
from resources.admin.sign_in.sessions import is_verified
from resources.curation import password_links
from resources.events import log_event

RATE_LIMIT_CODES = {"too_many_login_attempts", "rate_limited"}
# Why someone was not let in, by the code of the form's error, as the log says it.
REJECTION_REASONS = {
    "username_password_mismatch": "password",
    "incorrect_password": "password",
    "incorrect_code": "code",
    **dict.fromkeys(RATE_LIMIT_CODES, "limit"),
}


class SignInPageMixin:
    """Mixin for pages in the admin's layout. Browsers may not store them: some show secrets."""

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
            "has_permission": is_verified(self.request),
            "onward": get_next_redirect_url(self.request) or reverse("admin:index"),
        }

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the page again; with status 429 if there were too many attempts."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        error_codes = {error.code for sentences in form.errors.as_data().values() for error in sentences}
        for reason in sorted({REJECTION_REASONS[code] for code in error_codes & REJECTION_REASONS.keys()}):
            log_event("refused_sign_in", reason=reason)
        if error_codes & RATE_LIMIT_CODES:
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response


class SignInView(SignInPageMixin, account.LoginView):
    title = _("Sign in")
    form_class = forms.SignInForm


class SignOutView(SignInPageMixin, account.LogoutView):
    title = _("Sign out")

    def logout(self) -> None:
        """Sign out without a message, which would start a new session."""
        logout(self.request)


class SignedOutView(SignInPageMixin, TemplateView):
    title = _("You have signed out")
    template_name = "account/signed_out.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return HttpResponseRedirect(reverse("admin:index"))
        return super().get(request, *args, **kwargs)


class SignUpClosedView(SignInPageMixin, TemplateView):
    """What only an administrator can do, such as creating an account."""

    title = _("Ask an administrator")
    template_name = "account/closed.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**kwargs), status=HTTPStatus.FORBIDDEN)

    post = get


class ForgottenPasswordView(SignInPageMixin, PasswordResetView):
    title = _("Forgot your password?")
    form_class = forms.ForgottenPasswordForm
    template_name = "account/password_forgotten.html"
    success_url = reverse_lazy("account_reset_password_done")


class LinkSentView(SignInPageMixin, TemplateView):
    title = _("Check your email")
    template_name = "account/password_link_sent.html"


class ChoosePasswordView(SignInPageMixin, PasswordResetConfirmView):
    """Sets a password by the link of an invitation or for a forgotten password. Signs nobody in.

    The token comes in the query. Django's view moves it into the session and redirects, so that it stays in
    no history and no `Referer`.
    """

    title = _("Choose your password")
    form_class = forms.ChoosePasswordForm
    template_name = "account/password_choose.html"
    token_generator = password_links.tokens

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        token = request.GET.get("token") or self.reset_url_token
        response = super().dispatch(request, *args, **{**kwargs, "token": token})
        if not self.validlink and response.status_code == HTTPStatus.OK:
            response.status_code = HTTPStatus.GONE
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        password, token = form.cleaned_data["new_password1"], self.request.session.pop(TOKEN, "")
        user: Any = self.user
        if not password_links.set_password(user=user, password=password, token=token):
            self.validlink = False
            return self.render_to_response(self.get_context_data())
        words = str(_("A password was chosen by the emailed link."))
        LogEntry.objects.log_actions(user.pk, [user], CHANGE, change_message=words, single_object=True)
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'why': 'password'})}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if not self.validlink:
            context["title"] = _("This link does not work")
        return {**context, "account": self.user if self.validlink else None}


class ChangePasswordView(SignInPageMixin, account.PasswordChangeView):
    title = _("Change your password")
    form_class = forms.NewPasswordForm


class ReauthenticateView(SignInPageMixin, account.ReauthenticateView):
    title = _("Confirm your password")
    form_class = forms.PasswordAgainForm


class SecondStepView(SignInPageMixin, codes.AuthenticateView):
    title = _("Your code")
    form_class = forms.SecondStepForm


class SecondStepAgainView(SignInPageMixin, codes.ReauthenticateView):
    title = _("Your code again")
    form_class = forms.SecondStepAgainForm


class SecondStepOverviewView(SignInPageMixin, codes.IndexView):
    title = _("Two-step sign-in")


class SetUpView(SignInPageMixin, totp.ActivateTOTPView):
    title = _("Set up two-step sign-in")
    form_class = forms.SetUpForm

    def form_valid(self, form: Any) -> HttpResponse:
        """Use the code just typed as this session's second step, and mark it as used."""
        response: HttpResponse = super().form_valid(form)
        second_step = Authenticator.objects.get(user_id=self.request.user.pk, type=Authenticator.Type.TOTP)
        forms.mark_code_used(second_step, form.cleaned_data["code"])
        self.request.session.cycle_key()
        proof = ReauthenticateForm(user=self.request.user)
        proof.authenticator = second_step
        proof.save()
        return response

    def get_success_url(self) -> str:
        next_url = get_next_redirect_url(self.request)
        query = f"?{urlencode({'next': next_url})}" if next_url else ""
        return f"{super().get_success_url()}{query}"


class ReplacePhoneView(SignInPageMixin, totp.DeactivateTOTPView):
    title = _("Set up a new phone")
    success_url = reverse_lazy("mfa_activate_totp")


class RecoveryCodesView(SignInPageMixin, recovery.ViewRecoveryCodesView):
    title = _("Recovery codes")


class NewRecoveryCodesView(SignInPageMixin, recovery.GenerateRecoveryCodesView):
    title = _("Make new recovery codes")


def redirect_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect Django's own sign-in, which requires no code, to ours. Keeps the query."""
    return HttpResponseRedirect(f"{reverse('account_login')}?{request.GET.urlencode()}")


def redirect_to_change_password(request: HttpRequest) -> HttpResponse:
    """Redirect Django's own password form to ours."""
    return HttpResponseRedirect(reverse("account_change_password"))


def raise_404(request: HttpRequest) -> HttpResponse:
    """Answer 404."""
    raise Http404
