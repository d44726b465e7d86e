"""URLs of the visitors' pages."""

from django.urls import path

from resources.pages import browse, content, contributions, views
from resources.pages.confirm import confirm
from resources.pages.fees import fees
from resources.pages.handout import handout
from resources.pages.shortlist import shortlist
from resources.pages.sitemap import sitemap, sitemap_part
from resources.pages.urgent import urgent

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("search/calendar.ics", views.search_calendar, name="search_calendar"),
    path("services/<uuid:pk>/", views.service, name="service"),
    path("services/<uuid:pk>/calendar.ics", views.service_calendar, name="service_calendar"),
    path("services/<uuid:pk>/fees/", fees, name="fees"),
    path("services/<uuid:pk>/correct/", contributions.correct, name="correct"),
    path("services/<uuid:pk>/correct/thanks/", contributions.correct_thanks, name="correct_thanks"),
    path("suggest/", contributions.suggest, name="suggest"),
    path("suggest/thanks/", contributions.suggest_thanks, name="suggest_thanks"),
    path("confirm/", confirm, name="confirm"),
    path("organizations/<uuid:pk>/", views.organization, name="organization"),
    path("shortlist/", shortlist, name="shortlist"),
    path("handout/", handout, name="handout"),
    path("browse/", browse.countries, name="browse"),
    path("browse/<slug:country>/", browse.place, name="browse_country"),
    path("browse/<slug:country>/<slug:region>/", browse.place, name="browse_region"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-<slug:part>-<int:number>.xml", sitemap_part, name="sitemap_part"),
    path("urgent/", urgent, name="urgent"),
    path("after/", content.after, name="after"),
    path("after/<slug:slug>/", content.after_part, name="after_part"),
    path("calls/", content.calls, name="calls"),
    path("privacy/", views.privacy, name="privacy"),
    path("about/", views.about, name="about"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
