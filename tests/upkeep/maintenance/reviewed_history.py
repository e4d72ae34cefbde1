"""A random history in which two supervisors decide, undo, merge, unmerge, move and close at any moment, also
within one millisecond, while households are erased and the server restored or promoted.

At its end `check` finds nothing: each review has its decision, and each decision its entry in the desk log.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from sqlmodel import Session

from app.commune.accounts import people
from app.commune.accounts.access import Actor
from app.commune.areas import add_hamlet
from app.core.errors import Invalid, NotFound, StaleDecision, UndoTooLate
from app.core.feed import feed_head
from app.fieldwork.households import hamlet_merge
from app.fieldwork.visits.models import Visit
from app.review.decisions import commands as reviews
from app.review.decisions.meanwhile import Answer
from app.review.decisions.samples import PERCENTS, draw_sample
from app.review.decisions.selection import FilterSelection, VisitSelection, see_visits
from app.review.decisions.verdicts import Verdict
from app.review.deduplication.models import HouseholdMerge
from app.review.deduplication.undoing import undo_merge
from app.review.register.moving import move_household
from app.review.visit_list.listing import Filters
from tests.faults.history import PromotedHistory
from tests.phone import new_id
from tests.review.deduplication.merges import actor_of
from tests.upkeep.maintenance.erasing_history import ErasingHistory
from tests.world import add_households

REFUSALS = (Invalid, NotFound, StaleDecision, UndoTooLate)
VERDICTS = (
    Verdict("accepted"),
    Verdict("accepted"),
    Verdict("returned", "missing_information", "note", "Chưa rõ việc nào"),
    Verdict("received"),
)


class ReviewedHistory(ErasingHistory):
    """As `ErasingHistory`, with a desk. `batches`: of decisions, the newest last, each with who made it."""

    steps = 120

    def actions(self) -> dict[Callable[..., None], int]:
        self.batches: list[tuple[str, str]] = []
        self.instance.database.write(self._add_colleague)
        add_households(self.instance.database, self.world, 9)
        return super().actions() | {
            ReviewedHistory.records: 14, ReviewedHistory.syncs: 18, ReviewedHistory.decides: 14,
            ReviewedHistory.decides_on_all: 3, ReviewedHistory.samples: 2, ReviewedHistory.undoes: 8,
            ReviewedHistory.unmerges: 3, ReviewedHistory.moves: 2, ReviewedHistory.merges_hamlets: 1,
            ReviewedHistory.passes_time: 3, ReviewedHistory.erases: 1, ReviewedHistory.merges: 3,
        }  # fmt: skip

    def decides(self, _who: str) -> None:
        """On up to three of the newest visits, perhaps on what a colleague has decided."""
        rows = sorted(self.instance.rows(Visit), key=lambda row: row.feed_seq)[-6:]
        chosen = [row.id for row in self.dice.sample(rows, min(len(rows), self.dice.randint(1, 3)))]
        verdict, replace = self.dice.choice(VERDICTS), self.dice.random() < 0.7

        def work(session: Session, actor: Actor) -> None:
            answer = Answer(replace, feed_head(session, self.world.commune_id))
            selection = VisitSelection(see_visits(session, actor, chosen))
            self._decide(session, actor, selection, verdict, answer)

        self._at_desk(work)

    def decides_on_all(self, _who: str) -> None:
        """Of a hamlet that wait, as *Duyệt tất cả* does."""
        hamlet, verdict = self.dice.choice(("", self.world.dong)), self.dice.choice(VERDICTS[:3])

        def work(session: Session, actor: Actor) -> None:
            self._decide(session, actor, self._all_of(session, Filters(hamlet_id=hamlet)), verdict, None)

        self._at_desk(work)

    def samples(self, _who: str) -> None:
        """Draw a sample of what waits, and accept the rest."""
        percent, seed = self.dice.choice(sorted(PERCENTS)), self.dice.randrange(100)

        def work(session: Session, actor: Actor) -> None:
            drawn = draw_sample(session, actor, new_id(), Filters(), percent, seed, self.instance.clock())
            rest = Filters(sample_id=drawn.id, is_rest=True)
            self._decide(session, actor, self._all_of(session, rest), VERDICTS[0], None)

        self._at_desk(work)

    def undoes(self, _who: str) -> None:
        """One of the newest decisions; after a restore perhaps one that is lost."""
        if self.batches:
            batch_id, supervisor = self.dice.choice(self.batches[-3:])
            self._at_desk(
                lambda session, actor: reviews.undo(session, actor, batch_id, self.instance.clock()),
                supervisor,
            )

    def unmerges(self, _who: str) -> None:
        merged = sorted(self.instance.rows(HouseholdMerge), key=lambda row: row.merged_at)
        if merged:
            losing, now = self.dice.choice(merged).losing_id, self.instance.clock()
            self._at_desk(lambda session, actor: undo_merge(session, actor, losing, now))

    def moves(self, _who: str) -> None:
        """A household to another hamlet, with its visits."""
        if found := sorted(self._live(), key=lambda row: row.feed_seq):
            row, hamlet = self.dice.choice(found), self.dice.choice((self.world.dong, self.world.tay))
            now = self.instance.clock()
            self._at_desk(
                lambda session, actor: move_household(session, actor, row.id, hamlet, row.version, now)
            )

    def merges_hamlets(self, _who: str) -> None:
        """A hamlet that gets a household, and is then merged into Thôn Đông."""
        hamlet_id = new_id()
        row = self.dice.choice([*sorted(self._live(), key=lambda row: row.feed_seq), None])

        def work(session: Session, actor: Actor) -> None:
            now = self.instance.clock()
            add_hamlet(session, self.world.commune_id, hamlet_id, f"Xóm {hamlet_id[:8]}")
            if row:
                move_household(session, actor, row.id, hamlet_id, row.version, now)
            session.flush()
            seen = hamlet_merge.preview(session, actor, hamlet_id, self.world.dong).seen
            merge = hamlet_merge.Merge(hamlet_id, self.world.dong, now, seen)
            hamlet_merge.merge_hamlets(session, actor, merge, now)

        self._at_desk(work)

    def passes_time(self, _who: str) -> None:
        self.instance.clock.forward(seconds=self.dice.choice((1, 30, 3_600)))

    def _restore(self) -> None:
        """Restored, or promoted without what was written last."""
        if self.dice.random() < 0.5:
            super()._restore()
        else:
            PromotedHistory._restore(self)  # type: ignore[arg-type]

    def _at_desk(self, work: Callable[[Session, Actor], object], supervisor: str = "") -> None:
        by = supervisor or self.dice.choice((self.world.binh, self.second))
        with suppress(*REFUSALS):
            self.instance.database.write(
                lambda session: work(session, actor_of(session, self.world.commune_id, by))
            )

    def _decide(
        self,
        session: Session,
        actor: Actor,
        selection: VisitSelection | FilterSelection,
        verdict: Verdict,
        answer: Answer | None,
    ) -> None:
        batch_id = new_id()
        reviews.decide(session, actor, batch_id, selection, verdict, self.instance.clock(), answer)
        self.batches.append((batch_id, actor.account_id))

    def _all_of(self, session: Session, filters: Filters) -> FilterSelection:
        now = self.instance.clock() + timedelta(seconds=1)
        return FilterSelection(filters, feed_head(session, self.world.commune_id), now, 5_000)

    def _add_colleague(self, session: Session) -> None:
        cuc = people.add_supervisor(session, self.world.commune_id, "Lý Thị Cúc", "cuc", "mat-khau-cuc")
        self.second = cuc.id
