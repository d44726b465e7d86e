"""The visitors' addresses."""

from django.urls import path

from resources.pages import views

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("services/<uuid:pk>/", views.service, name="service"),
    path("organizations/<uuid:pk>/", views.organization, name="organization"),
    path("urgent/", views.urgent, name="urgent"),
    path("privacy/", views.privacy, name="privacy"),
    path("about/", views.about, name="about"),
]
