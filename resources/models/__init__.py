"""Models named after the Human Services Data Specification (HSDS), and the listings projected from them."""

from resources.models.assurance import Assurance
from resources.models.contact import Contact, Language, Phone
from resources.models.contribution import Correction, PendingEdit, ReplyAddress, Suggestion
from resources.models.cost import CostOption
from resources.models.curator import Claim, Curator, Draft, PasswordLink, SavedView
from resources.models.duplicate import DuplicatePair, Merge, OrganizationMerge, OrganizationPair
from resources.models.job import JobRun
from resources.models.listing import (
    CatalogueChange,
    CatalogueWord,
    Listing,
    ListingMeeting,
    ListingText,
)
from resources.models.location import Accessibility, Location, ServiceArea, ServiceAtLocation
from resources.models.organization import Organization, OrganizationIdentifier
from resources.models.place import Place
from resources.models.provenance import (
    ImportChange,
    ImportRun,
    PlannedRow,
    Source,
    SourceRecord,
    Upload,
)
from resources.models.revision import Revision
from resources.models.schedule import Schedule
from resources.models.service import Credential, RequiredDocument, Service, ServiceAudience
from resources.models.taxonomy import Taxonomy, TaxonomyTerm
from resources.models.upkeep import AssuranceRequest, ContactCheck, MailOptOut

__all__ = [
    "Accessibility",
    "Assurance",
    "AssuranceRequest",
    "CatalogueChange",
    "CatalogueWord",
    "Claim",
    "Contact",
    "ContactCheck",
    "Correction",
    "CostOption",
    "Credential",
    "Curator",
    "Draft",
    "DuplicatePair",
    "ImportChange",
    "ImportRun",
    "JobRun",
    "Language",
    "Listing",
    "ListingMeeting",
    "ListingText",
    "Location",
    "MailOptOut",
    "Merge",
    "Organization",
    "OrganizationIdentifier",
    "OrganizationMerge",
    "OrganizationPair",
    "PasswordLink",
    "PendingEdit",
    "Phone",
    "Place",
    "PlannedRow",
    "ReplyAddress",
    "RequiredDocument",
    "Revision",
    "SavedView",
    "Schedule",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceAudience",
    "Source",
    "SourceRecord",
    "Suggestion",
    "Taxonomy",
    "TaxonomyTerm",
    "Upload",
]
