"""The visitors' addresses."""

from django.urls import path

from resources.pages import contributing, views
from resources.pages.fees import fees

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("search/calendar.ics", views.search_calendar, name="search_calendar"),
    path("services/<uuid:pk>/", views.service, name="service"),
    path("services/<uuid:pk>/calendar.ics", views.service_calendar, name="service_calendar"),
    path("services/<uuid:pk>/fees/", fees, name="fees"),
    path("services/<uuid:pk>/correct/", contributing.correct, name="correct"),
    path("services/<uuid:pk>/correct/thanks/", contributing.correct_thanks, name="correct_thanks"),
    path("suggest/", contributing.suggest, name="suggest"),
    path("suggest/thanks/", contributing.suggest_thanks, name="suggest_thanks"),
    path("organizations/<uuid:pk>/", views.organization, name="organization"),
    path("urgent/", views.urgent, name="urgent"),
    path("privacy/", views.privacy, name="privacy"),
    path("about/", views.about, name="about"),
]
