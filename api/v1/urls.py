"""The addresses of version 1."""

from django.urls import path

from api.v1 import contributions, fees, views

app_name = "api"

urlpatterns = [
    path("listings/", views.ListingsView.as_view(), name="listings"),
    path("meetings/", views.MeetingsView.as_view(), name="meetings"),
    path("facets/", views.FacetsView.as_view(), name="facets"),
    path("words/", views.WordsView.as_view(), name="words"),
    path("services/<uuid:id>/", views.ServiceView.as_view(), name="service"),
    path("organizations/", views.OrganizationsView.as_view(), name="organizations"),
    path("organizations/<uuid:id>/", views.OrganizationView.as_view(), name="organization"),
    path("locations/", views.LocationsView.as_view(), name="locations"),
    path("locations/<uuid:id>/", views.LocationView.as_view(), name="location"),
    path("places/", views.PlacesView.as_view(), name="places"),
    path("fee-estimate/", fees.FeeEstimateView.as_view(), name="fee_estimate"),
    path("suggestions/", contributions.SuggestionsView.as_view(), name="suggestions"),
    path("corrections/", contributions.CorrectionsView.as_view(), name="corrections"),
    path("openapi.json", views.OpenApiView.as_view(), name="openapi"),
]
