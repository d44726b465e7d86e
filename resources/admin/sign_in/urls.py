"""URLs of sign-in under /admin/, before Django's own: the parts of allauth that are used here.

Their names are allauth's, which looks them up.
"""

from allauth.mfa.recovery_codes.views import download_recovery_codes
from django.urls import include, path, re_path

from resources.admin.sign_in import views

account = [
    path("login/", views.SignInView.as_view(), name="account_login"),
    path("logout/", views.SignOutView.as_view(), name="account_logout"),
    path("signed-out/", views.SignedOutView.as_view(), name="account_signed_out"),
    path("signup/", views.SignUpClosedView.as_view(), name="account_signup"),
    path("inactive/", views.SignUpClosedView.as_view(), name="account_inactive"),
    path("password/reset/", views.ForgottenPasswordView.as_view(), name="account_reset_password"),
    path("password/reset/sent/", views.LinkSentView.as_view(), name="account_reset_password_done"),
    path(
        "password/choose/<str:uidb64>/",
        views.ChoosePasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("password/change/", views.ChangePasswordView.as_view(), name="account_change_password"),
    path("reauthenticate/", views.ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("2fa/", views.SecondStepOverviewView.as_view(), name="mfa_index"),
    path("2fa/authenticate/", views.SecondStepView.as_view(), name="mfa_authenticate"),
    path("2fa/reauthenticate/", views.SecondStepAgainView.as_view(), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", views.SetUpView.as_view(), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", views.ReplacePhoneView.as_view(), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", views.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        views.NewRecoveryCodesView.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/recovery-codes/download/", download_recovery_codes, name="mfa_download_recovery_codes"),
    # Django's admin would redirect anonymous visitors to sign-in for a page that does not exist.
    re_path(r"^.*/$", views.raise_404),
]

urlpatterns = [
    path("login/", views.redirect_to_sign_in, name="admin_login"),
    path("logout/", views.SignOutView.as_view(), name="admin_logout"),
    path("password_change/", views.redirect_to_change_password),
    path("password_change/done/", views.redirect_to_change_password),
    path("account/", include(account)),
]
