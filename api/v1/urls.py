"""URLs of version 1."""

from django.urls import path
from rest_framework.routers import DefaultRouter

from api.v1 import views

app_name = "api"

router = DefaultRouter(use_regex_path=False)
router.include_format_suffixes = False  # `as` selects the format
router.root_view_name = "root"
router.APIRootView = views.RootView
router.register("listings", views.ListingViewSet, basename="listing")
router.register("meetings", views.MeetingViewSet, basename="meeting")
router.register("facets", views.FacetViewSet, basename="facet")
router.register("places", views.PlaceViewSet, basename="place")
router.register("words", views.WordViewSet, basename="word")
router.register("services", views.ServiceViewSet, basename="service")
router.register("organizations", views.OrganizationViewSet, basename="organization")
router.register("locations", views.LocationViewSet, basename="location")
router.register("exports", views.ExportViewSet, basename="export")
router.register("fee-estimate", views.FeeEstimateViewSet, basename="fee-estimate")
router.register("suggestions", views.SuggestionViewSet, basename="suggestion")
router.register("corrections", views.CorrectionViewSet, basename="correction")

urlpatterns = [
    path("openapi.json", views.OpenApiView.as_view(), name="openapi"),
    path(
        "exports/<str:name>",
        views.ExportViewSet.as_view({"get": "download"}, detail=True),
        name="export-file",
    ),
    *router.urls,
]
