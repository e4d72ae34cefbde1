"""What became of one set of operations: their results, and what is to be written."""

from dataclasses import dataclass, field

from app.core.batch import Batch
from app.core.errors import OperationReused, Rejected
from app.fieldwork.households import consents
from app.fieldwork.households.models import Household
from app.sync.applying import erased, ledger, purged
from app.sync.applying.held import QuarantineCandidate
from app.sync.applying.operations import RawOperation, WrittenRecord
from app.sync.applying.push_context import PushContext
from app.sync.wire.models import LedgerEntryValues, QuarantinedOperation
from app.sync.wire.protocol import OperationResult


@dataclass
class Outcome:
    """The results of a set, and the (kind, id) of the record that each one is about, by operation id.

    `candidates`: what is to be quarantined. `created`: the ids of new records. `skipped_ids`: operations that
    were not run: held back behind an older one of the same record, or rejected by an earlier push. `proven`:
    what came in an unsigned file before, and is sent by its phone now. `forgotten`: entries of operations on
    erased households.
    """

    batch: Batch
    results: dict[str, OperationResult] = field(default_factory=dict)
    records: dict[str, tuple[str, str]] = field(default_factory=dict)
    candidates: list[QuarantineCandidate] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    skipped_ids: set[str] = field(default_factory=set)
    proven: list[QuarantinedOperation] = field(default_factory=list)
    forgotten: list[LedgerEntryValues] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Add the outcome of operations that were written in a savepoint of their own."""
        self.results |= other.results
        self.records |= other.records
        self.created += other.created
        self.skipped_ids |= other.skipped_ids
        self.proven += other.proven

    def apply(self, operation: RawOperation, written: WrittenRecord) -> None:
        """Answer that it wrote this record."""
        kind, record_id, version = written
        self.records[operation.op_id] = (kind, record_id)
        result: OperationResult = {
            "op_id": operation.op_id, "status": "applied", "kind": kind, "version": version
        }  # fmt: skip
        self.results[operation.op_id] = self.with_left_out(result, operation, record_id)

    def with_left_out(
        self, result: OperationResult, operation: RawOperation, household_id: str = ""
    ) -> OperationResult:
        """The result, which says of an operation that was applied that its telephone number was left out.

        `household_id`: the household that it has just written; its consent may be withdrawn since.
        """
        if result["status"] in ("applied", "duplicate") and operation.left_out:
            result |= {"code": consents.WITHOUT_CONSENT, "fields": ["phone"]}
        household = self.batch.get(Household, household_id)
        if household and not household["phone"] and operation.raw["data"].get("phone"):
            result |= {"code": consents.CONSENT_WITHDRAWN, "fields": ["phone"]}
        return result

    def retry(self, operation: RawOperation) -> None:
        """Answer that the phone has to send the operation again."""
        self.results[operation.op_id] = {"op_id": operation.op_id, "status": "retry"}

    def hold_back(self, operation: RawOperation) -> None:
        """Answer the same without running it: an older operation of its record has to come first."""
        self.skipped_ids.add(operation.op_id)
        self.retry(operation)

    def reject(self, operation: RawOperation, error: Rejected) -> None:
        """Answer that the author has to correct the operation."""
        self.results[operation.op_id] = rejection(operation.op_id, error)

    def repeat(self, operation: RawOperation) -> None:
        """Answer that its visit was recorded before."""
        self.results[operation.op_id] = purged.repeated_result(operation.op_id)
        self.records[operation.op_id] = ("visit", operation.record_id)

    def forget(self, operation: RawOperation, context: PushContext) -> None:
        """Answer that its household was erased: nothing is stored but that its number has arrived."""
        errors = [one.error for one in self.candidates if one.operation is operation]
        self.candidates = [one for one in self.candidates if one.operation is not operation]
        self.records.pop(operation.op_id, None)
        self.results[operation.op_id] = erased.result(operation)
        if not any(isinstance(error, OperationReused) for error in errors):  # its id has an entry already
            self.forgotten.append(ledger.erased_entry(operation, context))

    def quarantine(self, candidate: QuarantineCandidate) -> None:
        """Answer that the operation is stored and waits; `apply` stores it with the set."""
        self.candidates.append(candidate)
        self.results[candidate.operation.op_id] = candidate.result


def rejection(op_id: str, error: Rejected) -> OperationResult:
    """The result of an operation that its author has to correct."""
    return {"op_id": op_id, "status": "rejected", "code": error.code, "fields": error.fields}
