"""Which households may be duplicates: the pairs that are found are those that the rule names."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.review.deduplication import duplicates
from app.review.deduplication.duplicates import DuplicatePairs, Label, PairKey, find_pairs

_labels = st.lists(
    st.tuples(
        st.sampled_from(["thon-dong", "thon-tay"]),
        st.sampled_from(["nguyen van duc", "tran thi mai"]),
        st.sampled_from(["", "12", "14"]),
        st.sampled_from(["", "ngo 3", "ngo 5"]),
        st.sampled_from(["", "lan", "nam"]),
    ),
    max_size=12,
).map(lambda rows: [Label(str(place), *row) for place, row in enumerate(rows)])


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(labels=_labels, marked=st.sets(st.tuples(st.integers(0, 5), st.integers(6, 11))))
def test_pairs_are_those_that_the_rule_names(labels: list[Label], marked: set[tuple[int, int]]) -> None:
    distinct = {_pair_key(str(one), str(other)) for one, other in marked}
    found = find_pairs(labels, distinct)
    expected = {
        _pair_key(one.id, other.id) for one, other in combinations(labels, 2) if _may_be_one(one, other)
    }
    assert (set(found.pairs), found.more) == (expected - distinct, False)
    assert len(found.pairs) == len(set(found.pairs))


def test_a_name_that_two_thousand_have_is_counted_to_a_limit_and_hides_no_other() -> None:
    same = [_named(f"a{number}", "nguyen van nam") for number in range(2_000)]
    found = find_pairs([*same, _named("b1", "vi thi hoa"), _named("b2", "vi thi hoa")])
    assert (len(found.pairs), found.more) == (duplicates.MAX_PAIRS_IN_GROUP + 1, True)
    assert ("b1", "b2") in found.pairs


def test_two_thousand_of_one_name_with_different_numbers_are_no_duplicates() -> None:
    same = [_named(f"a{number}", "nguyen van nam", str(number + 1)) for number in range(2_000)]
    assert find_pairs(same) == DuplicatePairs([], more=False)


def test_of_a_group_that_was_cut_the_next_pairs_follow_once_the_first_are_marked() -> None:
    same = [_named(f"a{number}", "nguyen van nam") for number in range(30)]
    first = find_pairs(same).pairs
    following = find_pairs(same, first).pairs
    assert (len(following), set(first) & set(following)) == (duplicates.MAX_PAIRS_IN_GROUP, set())


def test_a_communes_pairs_are_counted_to_a_limit() -> None:
    many = [_named(f"{name}-{one}", f"nguyen van {name}") for name in range(30) for one in range(12)]
    found = find_pairs(many)
    assert (len(found.pairs), found.more) == (duplicates.MAX_PAIRS, True)


def _named(id: str, head: str, number: str = "") -> Label:
    return Label(id, "thon-dong", head, number, "", "lan")


def _pair_key(one: str, other: str) -> PairKey:
    return min(one, other), max(one, other)


def _may_be_one(one: Label, other: Label) -> bool:
    """The rule of docs/decisions/0040."""
    if one.hamlet_id != other.hamlet_id:
        return False
    number, alley = (one.house_no, other.house_no), (one.alley, other.alley)
    if one.head == other.head:
        return all(a == b or "" in (a, b) for a, b in (number, alley))
    same_address = one.house_no != "" and number[0] == number[1] and alley[0] == alley[1]
    return same_address and one.device_id != other.device_id
