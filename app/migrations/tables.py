"""Every table of the application: importing this module makes all of them known to SQLAlchemy."""

from sqlmodel import SQLModel

from app.accounts.models import (
    Account,
    Assignment,
    CallRecord,
    Device,
    Invite,
    Membership,
    OneTimeLink,
    SettledLoss,
    SignInName,
    SignInSession,
    Team,
)
from app.accounts.throttle import KnownBrowser, SignInFailure
from app.areas import Commune, Hamlet, Province
from app.catalog import Service
from app.commune_settings import CommuneSettings, DayOff
from app.core.derived_ids import IdKey
from app.core.desk_log import DeskEntry
from app.core.epoch import ServerEpoch
from app.core.feed import FeedCounter, Tombstone
from app.credentials.models import Operator, OperatorSession, PasswordReset
from app.deduplication.models import HouseholdMerge, NotDuplicate
from app.guides.models import Guide
from app.household_import.runs.models import HouseholdImport, ImportRow
from app.households.models import Household, HouseholdVersion
from app.maintenance.models import BackupRun, DailyJob
from app.migrations.models import AppliedRevision
from app.needs.models import HouseholdNeed
from app.outreach.models import OutreachSession, OutreachVersion
from app.periods.models import ClosedPeriod
from app.phone_failures import PhoneFailure
from app.remarks.models import RemarkVersion, ReportRemark
from app.reviews.models import Decision, DecisionBatch
from app.saved_filters import SavedFilter
from app.sync.export.keys import ExportKey
from app.sync.models import LedgerEntry, QuarantinedOperation, RefusedOperation
from app.visits.flag_models import DayFlag, FlagRules, VisitFlag
from app.visits.household_days.models import HouseholdMonth, VisitedHousehold
from app.visits.models import FollowUp, Visit, VisitService, VisitVersion
from app.visits.monthly_totals.models import MonthlyTotal
from app.visits.open_visits import OpenVisits
from app.visits.sample_models import SampledVisit, VisitSample
from app.visits.total_models import DailyTotal

MODELS = (
    Account, AppliedRevision, Assignment, BackupRun, CallRecord, ClosedPeriod, Commune, CommuneSettings,
    DailyJob,
    DailyTotal, DayFlag, FlagRules,
    DayOff,
    Decision,
    DecisionBatch, DeskEntry, Device,
    ExportKey, FeedCounter, FollowUp, Guide, Hamlet, Household, HouseholdImport, HouseholdMerge,
    HouseholdMonth, HouseholdNeed, HouseholdVersion,
    IdKey, ImportRow, Invite, KnownBrowser, LedgerEntry, Membership, MonthlyTotal, NotDuplicate, OneTimeLink,
    Operator,
    OpenVisits,
    OperatorSession, OutreachSession, OutreachVersion, PasswordReset, PhoneFailure, Province,
    QuarantinedOperation, RefusedOperation,
    RemarkVersion, ReportRemark, SampledVisit, SavedFilter, ServerEpoch, Service, SettledLoss,
    SignInFailure, SignInName, SignInSession, Team, Tombstone, Visit, VisitFlag, VisitSample,
    VisitService, VisitVersion, VisitedHousehold,
)  # fmt: skip
METADATA = SQLModel.metadata
