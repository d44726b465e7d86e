"""Listings: one row for each service at each place, as visitors search them.

Only `resources.search.projection` writes these tables. Rows exist for published services only.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models, transaction
from django.db.models import Window
from django.db.models.expressions import RawSQL

from resources.models.location import ServiceAtLocation
from resources.models.service import Service


class Listing(models.Model):
    """One published service at one place, or one published service without a place.

    A row is written once and never changed: a refresh writes another. `sort_key` and `facts` are packed by
    `resources.search.packing`. `areas` are the keys it serves as in `ServiceArea.area`, a line each. `place`
    is the region where it is ("US-TX"; "US-" if only the country is known), and `country` that of its place
    or of the first area. `prices` are the lowest prices of a session in currencies other than the one in
    `facts`, in hundredths: "GBP 3500", a line each.
    """

    public_id = models.UUIDField(unique=True)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="listings")
    service_at_location = models.OneToOneField(
        ServiceAtLocation, null=True, on_delete=models.CASCADE, related_name="listing"
    )
    organization_id = models.UUIDField(db_index=True)

    sort_key = models.BinaryField()
    facts = models.BinaryField()
    country = models.CharField(max_length=2, blank=True)
    place = models.CharField(max_length=60, blank=True)
    areas = models.TextField(blank=True)
    prices = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.public_id)


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


class CatalogueChangeQuerySet(models.QuerySet["CatalogueChange"]):
    """Adds to the log of changes, and reads what is new in it."""

    def record(self, **facts: Any) -> CatalogueChange:
        """Add a change in the current transaction. One query more than the insert."""
        with transaction.atomic():
            return self.create(number=self.next_number(), **facts)

    def next_number(self) -> int:
        """Return a number that is not below that of any change that a reader may have seen.

        SQLite has one writer at a time. On PostgreSQL writers need not wait for each other: the number is
        that of the transaction.
        """
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()::text::bigint")
                return int(cursor.fetchone()[0])
        return int(self.aggregate(last=models.Max("number"))["last"] or 0) + 1

    def since(self, number: int) -> models.QuerySet[Any, tuple[int, UUID, Any, Any]]:
        """Return (next_look, token, listing_ids, row_ids) of the changes from `number` on.

        `next_look` is the number from which to look next time, the same in every row: no change that is not
        visible yet will have a lower one.
        """
        open_transactions: Any = Window(models.Max("number"))
        if connection.vendor == "postgresql":
            open_transactions = RawSQL(
                "pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
                (),
                output_field=models.BigIntegerField(),
            )
        return (
            self.filter(number__gte=number)
            .order_by()
            .annotate(next_look=open_transactions)
            .values_list("next_look", "token", "listing_ids", "row_ids")
        )


class CatalogueChange(models.Model):
    """One change to what is published, written in the transaction that made it.

    `search.version` reads the log as one version, and `search.catalog` what each change touched. `number`
    tells what is new (see `CatalogueChangeQuerySet`); `token` is unique to the change, because a database may
    give the numbers of a change that was rolled back again. `listing_ids` are the public ids of the listings
    that were written or removed, null if all were; `row_ids` are the row numbers that they had or have.

    A rebuild starts the log again with one row. It sets `projection_digest`, of the code that made every
    listing, and `made_date`, the day from which dates were counted and on which prices were valid.
    """

    number = models.BigIntegerField(db_index=True)
    token = models.UUIDField(default=uuid4, unique=True)
    listing_ids = models.JSONField(null=True, default=list)
    row_ids = models.JSONField(default=list)
    projection_digest = models.CharField(max_length=64, blank=True)
    made_date = models.DateField(null=True)

    objects = CatalogueChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.token}"
