"""Listings: one row for each service at each place, as visitors search them.

Only `resources.search.projection` writes these tables. Rows exist for published services only.
"""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from resources.models.location import ServiceAtLocation
from resources.models.service import Service

NO_CELL = -1  # no point: never near anything


class Listing(models.Model):
    """One published service at one place, or one published service without a place.

    Facets are bitmasks in the order of `resources.vocabulary`; `kind`, `fit`, `section` and `on_request` are
    numbers in that order. `languages` has codes between spaces: " en es ". `cell` is the cell of the 0.25
    degree grid and `x, y, z` the unit vector of the point (see `resources.geo`). `min_price` is the lowest
    stated price of a session, in hundredths of `currency`. `rank` is the default order, lowest first.
    """

    public_id = models.UUIDField(unique=True)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="listings")
    service_at_location = models.OneToOneField(
        ServiceAtLocation, null=True, on_delete=models.CASCADE, related_name="listing"
    )
    organization_id = models.UUIDField(db_index=True)

    kind = models.SmallIntegerField()
    fit = models.SmallIntegerField()
    section = models.SmallIntegerField()
    on_request = models.SmallIntegerField()
    cost = models.BigIntegerField()
    formats = models.BigIntegerField()
    losses = models.BigIntegerField()
    audiences = models.BigIntegerField()
    led_by = models.BigIntegerField()
    access = models.BigIntegerField()
    payments = models.BigIntegerField()
    languages = models.TextField()
    content_notes = models.BigIntegerField()
    content_clear = models.BigIntegerField()
    countries = models.BigIntegerField()
    accessibility = models.BigIntegerField()
    min_price = models.IntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)

    country = models.CharField(max_length=2, blank=True)
    cell = models.IntegerField(default=NO_CELL)
    cell2 = models.IntegerField(default=NO_CELL)
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    z = models.FloatField(null=True)
    assured_on = models.IntegerField(default=0)  # ordinal of the date; 0 if never
    name_key = models.CharField(max_length=255)
    rank = models.IntegerField()

    class Meta:
        indexes = (
            models.Index(
                fields=("cell", "kind", "cost", "min_price", "x", "y", "z", "id"), name="listing_cell"
            ),
            models.Index(fields=("country", "kind", "rank", "id"), name="listing_country"),
            models.Index(fields=("rank", "id"), name="listing_rank"),
        )

    def __str__(self) -> str:
        return str(self.public_id)


class ListingArea(models.Model):
    """One area that a listing serves, as a key of `ServiceArea.area`: "*", "US", "US-TX", "US:75201"."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="areas")
    area = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("area", "listing"), name="listing_area_once"),)

    def __str__(self) -> str:
        return self.area


class ListingMeeting(models.Model):
    """One coming occurrence of a listing's assured schedules: see `resources.search.meetings`.

    `day` is its local date as an ordinal, `weekday` 0 for Monday, and `minute` the local start in minutes of
    the day. `minute` is null if only the day is known: then `starts_at` is its first midnight. `over_at` is
    the moment from which it is past; `ends_at` is null if the end is not stated.
    """

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="meetings")
    schedule_id = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField()
    timezone = models.CharField(max_length=60)
    day = models.IntegerField()
    weekday = models.SmallIntegerField()
    minute = models.SmallIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("listing", "over_at", "starts_at"), name="listing_meeting_next"),
            models.Index(fields=("over_at", "listing"), name="listing_meeting_over"),
        )

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class ListingPrice(models.Model):
    """The lowest price of a session in a currency other than the listing's own, in hundredths of it."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3)
    min_price = models.IntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("currency", "listing"), name="listing_price_once"),)

    def __str__(self) -> str:
        return f"{self.min_price} {self.currency}"


class ListingText(models.Model):
    """The long part of a listing: its card for the API, and its words as `search.tokens` writes them.

    `card` has only what is independent of time and language; distance, phrases and reasons are added when
    answering. `name_exact` and `organization_exact` are folded, for searches for a full name.
    """

    listing = models.OneToOneField(Listing, primary_key=True, on_delete=models.CASCADE, related_name="text")
    card = models.JSONField()
    name_exact = models.CharField(max_length=255, db_index=True)
    organization_exact = models.CharField(max_length=255, db_index=True)
    name_words = models.TextField()
    term_words = models.TextField()
    organization_words = models.TextField()
    text_words = models.TextField()

    def __str__(self) -> str:
        return self.name_exact


class CatalogueWord(models.Model):
    """A folded word that a listing contains or contained: a candidate for correcting a misspelled one."""

    word = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        return self.word


class CatalogueChange(models.Model):
    """One change to what is published, written in the transaction that made it.

    Rows are only added, so that two writers never wait for each other; `search.version` reads them as one
    version. `token` is unique to the change, because a database may reuse the row number of a change that was
    rolled back. `listing_ids` are the public ids of the listings that were written or removed, null if all
    were.

    A rebuild starts the log again with one row. It sets `projection_digest`, of the code that made every
    listing, and `made_date`, the day from which dates were counted and on which prices were valid.
    """

    token = models.UUIDField(default=uuid4, unique=True)
    listing_ids = models.JSONField(null=True, default=list)
    projection_digest = models.CharField(max_length=64, blank=True)
    made_date = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.token}"
