"""Addresses under /admin/, in front of Django's own: of what allauth can do, only what is needed here.

Their names are allauth's, which looks them up.
"""

from allauth.mfa.recovery_codes.views import download_recovery_codes
from django.urls import include, path, re_path

from resources.admin.sign_in import views

account = [
    path("login/", views.SignInView.as_view(), name="account_login"),
    path("logout/", views.SignOut.as_view(), name="account_logout"),
    path("signed-out/", views.SignedOut.as_view(), name="account_signed_out"),
    path("signup/", views.SignUpClosedView.as_view(), name="account_signup"),
    path("inactive/", views.SignUpClosedView.as_view(), name="account_inactive"),
    path("password/reset/", views.SignUpClosedView.as_view(), name="account_reset_password"),
    path("password/change/", views.ChangePassword.as_view(), name="account_change_password"),
    path("reauthenticate/", views.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("2fa/", views.SecondStepOverview.as_view(), name="mfa_index"),
    path("2fa/authenticate/", views.SecondStep.as_view(), name="mfa_authenticate"),
    path("2fa/reauthenticate/", views.SecondStepAgain.as_view(), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", views.SetUp.as_view(), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", views.ReplacePhoneView.as_view(), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", views.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/", views.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"
    ),
    path("2fa/recovery-codes/download/", download_recovery_codes, name="mfa_download_recovery_codes"),
    # Django's admin would send whoever is signed out to sign in, for a page that is not there.
    re_path(r"^.*/$", views.raise_404),
]

urlpatterns = [
    path("login/", views.to_sign_in, name="admin_login"),
    path("logout/", views.SignOut.as_view(), name="admin_logout"),
    path("password_change/", views.to_new_password),
    path("password_change/done/", views.to_new_password),
    path("account/", include(account)),
]
