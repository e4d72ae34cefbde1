"""Which households look like one: the pairs that are found are those that the rule names."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.households import doubles
from app.households.doubles import Found, Label, pairs_among

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


@settings(max_examples=300, deadline=None)
@given(labels=_labels, apart=st.sets(st.tuples(st.integers(0, 5), st.integers(6, 11))))
def test_pairs_are_those_that_the_rule_names(labels: list[Label], apart: set[tuple[int, int]]) -> None:
    told = {tuple(sorted((str(one), str(other)))) for one, other in apart}
    found = pairs_among(labels, told)  # type: ignore[arg-type]
    expected = {
        tuple(sorted((one.id, other.id))) for one, other in combinations(labels, 2) if _alike(one, other)
    }
    assert (set(found.pairs), found.more) == (expected - told, False)
    assert len(found.pairs) == len(set(found.pairs))


def test_a_name_that_two_thousand_have_is_counted_to_a_limit_and_hides_no_other() -> None:
    same = [_named(f"a{number}", "nguyen van nam") for number in range(2_000)]
    found = pairs_among([*same, _named("b1", "vi thi hoa"), _named("b2", "vi thi hoa")])
    assert (len(found.pairs), found.more) == (doubles.IN_GROUP + 1, True)
    assert ("b1", "b2") in found.pairs


def test_two_thousand_of_one_name_with_a_number_each_are_nobodys_doubles() -> None:
    same = [_named(f"a{number}", "nguyen van nam", str(number + 1)) for number in range(2_000)]
    assert pairs_among(same) == Found([], more=False)


def test_of_a_group_that_was_cut_the_next_ones_follow_those_told_apart() -> None:
    same = [_named(f"a{number}", "nguyen van nam") for number in range(30)]
    first = pairs_among(same).pairs
    following = pairs_among(same, first).pairs
    assert (len(following), set(first) & set(following)) == (doubles.IN_GROUP, set())


def test_a_communes_pairs_are_counted_to_a_limit() -> None:
    many = [_named(f"{name}-{one}", f"nguyen van {name}") for name in range(30) for one in range(12)]
    found = pairs_among(many)
    assert (len(found.pairs), found.more) == (doubles.COUNTED_TO, True)


def _named(id: str, head: str, number: str = "") -> Label:
    return Label(id, "thon-dong", head, number, "", "lan")


def _alike(one: Label, other: Label) -> bool:
    """As docs/decisions/0021 says it."""
    if one.hamlet_id != other.hamlet_id:
        return False
    number, alley = (one.number, other.number), (one.alley, other.alley)
    if one.head == other.head:
        return all(a == b or "" in (a, b) for a, b in (number, alley))
    by_two = one.brought_by != other.brought_by
    return by_two and one.number != "" and number[0] == number[1] and alley[0] == alley[1]
