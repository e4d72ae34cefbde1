"""Every table of the application: importing this module makes all of them known to SQLAlchemy."""

from sqlmodel import SQLModel

from app.commune.accounts.call_history import CallRecord, SettledLoss
from app.commune.accounts.models import (
    Account,
    Assignment,
    Device,
    Invite,
    Membership,
    OneTimeLink,
    SignInName,
    SignInSession,
    Team,
)
from app.commune.accounts.throttle import KnownBrowser, SignInFailure
from app.commune.areas import Commune, Hamlet, Province
from app.commune.card.models import CardCheck, CardKey
from app.commune.catalog.services import Service
from app.commune.credentials.models import (
    Operator,
    OperatorSession,
    PasswordReset,
    ProvinceViewer,
    ProvinceViewerSession,
)
from app.commune.guides.models import Guide
from app.commune.moving import CommuneArrival
from app.commune.phone_communes import PhoneCommune
from app.commune.second_factor.models import FactorLoss, RecoveryCode, SecondFactor
from app.commune.settings import CommuneSettings, DayOff, ReportExtras
from app.core.audit.chain import AuditHead
from app.core.desk_log import DeskEntry
from app.core.epoch import ServerEpoch
from app.core.feed import FeedCounter, Tombstone
from app.core.id_key.stored import IdKey
from app.fieldwork.derived.flags.models import DayFlag, FlagRules, UnevaluatedDay, VisitFlag
from app.fieldwork.derived.household_days.models import HouseholdMonth, VisitedHousehold
from app.fieldwork.derived.needs.models import HouseholdNeed
from app.fieldwork.derived.open_visits import OpenVisits
from app.fieldwork.derived.total_models import DailyTotal, MonthlyTotal
from app.fieldwork.households.consents import HouseholdConsent
from app.fieldwork.households.erased import ErasedRecord, ErasureRequest
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.outreach.models import OutreachSession, OutreachVersion
from app.fieldwork.periods.models import ClosedPeriod, ReportSummary
from app.fieldwork.remarks.models import RemarkShare, RemarkVersion, ReportRemark
from app.fieldwork.visits.models import FollowUp, Visit, VisitService, VisitVersion
from app.intake.household_import.runs.models import HouseholdImport, ImportRow
from app.province.models import CommuneStatus
from app.reports.extras.models import HamletCount, TypedRate
from app.reports.open_data.models import ApiToken
from app.reports.plans.models import Plan
from app.reports.report_form.models import CommuneReportForm
from app.reports.wording.models import ReportWording
from app.review.citizen_requests.models import CitizenRequest
from app.review.decisions.models import Decision, DecisionBatch
from app.review.deduplication.models import HouseholdMerge, NotDuplicate
from app.review.spot_checks.models import SpotCheck, SpotCheckHousehold, SpotCheckStratum
from app.review.visit_list.sample_models import SampledVisit, VisitSample
from app.review.visit_list.saved_filters import SavedFilter
from app.sync.export.keys import ExportKey
from app.sync.lost_phones.models import LostPhone
from app.sync.phone_failures import PhoneFailure
from app.sync.wire.models import LedgerEntry, QuarantinedOperation, RefusedOperation
from app.upkeep.migrations.models import AppliedRevision
from app.upkeep.models import BackupRun, DailyJob

MODELS = (
    Account, ApiToken,
    AppliedRevision, Assignment, AuditHead, BackupRun, CallRecord,
    CardCheck, CardKey, CitizenRequest, ClosedPeriod, Commune,
    CommuneArrival,
    CommuneReportForm, CommuneSettings, CommuneStatus,
    DailyJob,
    DailyTotal, DayFlag, FlagRules,
    DayOff,
    Decision,
    DecisionBatch, DeskEntry, Device,
    ErasedRecord, ErasureRequest,
    ExportKey, FactorLoss, FeedCounter, FollowUp, Guide, Hamlet, HamletCount, Household, HouseholdConsent,
    HouseholdImport,
    HouseholdMerge,
    HouseholdMonth, HouseholdNeed, HouseholdVersion,
    IdKey, ImportRow, Invite, KnownBrowser, LedgerEntry, LostPhone, Membership, MonthlyTotal, NotDuplicate,
    OneTimeLink,
    Operator,
    OpenVisits,
    OperatorSession, OutreachSession, OutreachVersion, PasswordReset, PhoneCommune, PhoneFailure, Plan,
    Province, ProvinceViewer, ProvinceViewerSession,
    QuarantinedOperation, RecoveryCode, RefusedOperation,
    RemarkShare, RemarkVersion, ReportExtras, ReportRemark, ReportSummary, ReportWording,
    SampledVisit, SavedFilter, SecondFactor, ServerEpoch, Service, SettledLoss,
    SignInFailure, SignInName, SignInSession, SpotCheck, SpotCheckHousehold, SpotCheckStratum,
    Team, Tombstone, TypedRate, UnevaluatedDay, Visit, VisitFlag, VisitSample,
    VisitService, VisitVersion, VisitedHousehold,
)  # fmt: skip
METADATA = SQLModel.metadata
