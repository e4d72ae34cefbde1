"""Every table of the application, so that none is forgotten by a migration or a test."""

from sqlmodel import SQLModel

from app.accounts.models import (
    Account,
    Assignment,
    Device,
    Invite,
    KnownBrowser,
    Membership,
    SettledLoss,
    SignedIn,
    SignInFailure,
    SignInName,
    Team,
)
from app.areas import Commune, Hamlet, Province
from app.catalog import Service
from app.core.db import FeedCounter, Gone, ServerEpoch
from app.core.desk_log import DeskEntry
from app.core.ids import IdKey
from app.households.models import Household, HouseholdVersion, ToldApart
from app.reviews.models import Decision, DecisionBatch
from app.sync.backup.keys import BackupKey
from app.sync.models import LedgerEntry, Quarantined, RefusedOperation
from app.visits.models import DailyTotal, FollowUp, Visit, VisitService, VisitVersion

MODELS = (
    Account, Assignment, BackupKey, Commune, DailyTotal, Decision, DecisionBatch, DeskEntry, Device,
    FeedCounter, FollowUp, Gone, Hamlet, Household, HouseholdVersion, IdKey, Invite, KnownBrowser,
    LedgerEntry, Membership, Province, Quarantined, RefusedOperation, ServerEpoch, Service, SettledLoss,
    SignInFailure, SignInName, SignedIn, Team, ToldApart, Visit, VisitService, VisitVersion,
)  # fmt: skip
METADATA = SQLModel.metadata
