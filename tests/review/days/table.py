"""The table: kinds of days that are honest, and that are invented, with what is odd about these."""

from typing import Final

from tests.review.days import honest, invented
from tests.review.days.records import Generator, Kind

# What a reviewer should be told is odd, one tag each.
TAGS: Final = {
    "too_fast": "less time than the visits, or the way between them, need",
    "even_spacing": "as long between all records, whatever was done",
    "same_answers": "the same service, outcome or number of people at all",
    "none_absent": "never a household without anybody",
    "only_absent": "absences alone",
    "night": "at an hour at which people sleep",
    "list_order": "the order of the list, not one missing",
    "written_at_once": "typed in one go, not where it was",
    "more_than_usual": "much more than the member or the team records otherwise",
    "copied_notes": "the same notes again and again",
    "copied_visits": "the same households again, in the same order or with the same answers",
    "many_people": "more people, or rounder numbers, than households have",
    "same_count": "the same number each day",
    "far_jumps": "households far from each other, one after the other",
    "uncallable": "only households without a telephone number",
    "changed_later": "results changed later, many at once",
    "clock": "times of a clock that was moved",
}

# What each rule says, as one of them; as the desk words it.
REASONS: Final = {
    "burst": "too_fast",  # … lượt ghi liền nhau, cách nhau … giây
    "pace": "too_fast",  # … lượt ghi trong 10 phút
    "hour": "too_fast",  # … hộ gặp được người trong 60 phút
    "many": "more_than_usual",  # Người này ghi … lượt trong ngày
    "regular": "even_spacing",  # … lượt, phần lớn cách lượt trước từ … đến …
    "unlinked": "even_spacing",  # Trước một lượt Vắng nhà thường là …, trước một lượt hướng dẫn …
    "all_met": "none_absent",  # … lượt trong ngày, không lượt nào Vắng nhà
    "alike": "same_answers",  # … lượt hướng dẫn ghi cùng việc, cùng kết quả, cùng số người
    "crowds": "many_people",  # … lượt trong ngày có việc ghi từ … người trở lên
    "night": "night",  # … lượt ghi từ 23 giờ đến 5 giờ
    "people": "many_people",  # Một việc ghi … người
    "copied": "copied_notes",  # … lượt trong ngày có cùng ghi chú
    "absences": "only_absent",  # … lượt Vắng nhà liền nhau, ghi từng lượt
    "quick_absences": "only_absent",  # … lượt Vắng liền nhau, bằng Ghi nhanh
    "repeated": "copied_visits",  # Trùng hộ
    "write_up": "written_at_once",  # … lượt ghi trong nửa giờ
    "clock": "clock",  # Đồng hồ của máy sai …
}


def _invented(days: Generator, odd: str, member: str = "ordinary") -> Kind:
    assert set(odd.split()) <= set(TAGS), odd
    return Kind(days, frozenset(odd.split()), member)


HONEST: Final = (
    Kind(honest.usual_week),
    Kind(honest.evening),
    Kind(honest.morning),
    Kind(honest.whole_saturday),
    Kind(honest.rain),
    Kind(honest.after_work),
    Kind(honest.daytime_week, member="daytime"),
    Kind(honest.session_one_by_one),
    Kind(honest.session_before_its_visits),
    Kind(honest.session_in_the_evening_list),
    Kind(honest.session_by_taps),
    Kind(honest.noon_from_paper),
    Kind(honest.evening_from_paper),
    Kind(honest.next_morning_from_paper),
    Kind(honest.week_on_sunday),
    Kind(honest.paper_week, member="paper"),
    Kind(honest.apartments),
    Kind(honest.absent_street_by_taps),
    Kind(honest.absent_street_by_form, member="daytime"),
    Kind(honest.market_before_dawn),
    Kind(honest.landing_place),
    Kind(honest.late_shift),
    Kind(honest.twelve_people),
    Kind(honest.same_note),
    Kind(honest.couple_in_turns),
    Kind(honest.campaign_saturday),
    Kind(honest.return_of_the_young),
    Kind(honest.no_network_for_a_week),
    Kind(honest.clock_hours_ahead),
    Kind(honest.clock_set_before_sending),
    Kind(honest.two_hamlets),
    Kind(honest.newcomer, member="new"),
    Kind(honest.very_good_week, member="good"),
    Kind(honest.slow_week, member="slow"),
    Kind(honest.one_service),
    Kind(honest.leaflets),
    Kind(honest.couples),
    Kind(honest.follow_ups),
    Kind(honest.shops, member="daytime"),
    Kind(honest.completed_in_the_evening),
    Kind(honest.end_of_month),
    Kind(honest.young_helpers, member="new"),
    Kind(honest.whole_alley_in_order),
    Kind(honest.new_houses),
    Kind(honest.empty_battery, member="daytime"),
    Kind(honest.all_are_expected),
    Kind(honest.nobody_talks),
)

INVENTED: Final = (
    _invented(invented.sixty_in_ten_minutes, "too_fast same_answers list_order more_than_usual"),
    _invented(invented.twenty_five_by_form, "too_fast list_order none_absent written_at_once"),
    _invented(
        invented.forty_by_taps, "too_fast even_spacing same_answers none_absent list_order more_than_usual"
    ),
    _invented(invented.metronome, "even_spacing same_answers none_absent list_order more_than_usual"),
    _invented(
        invented.thirty_eight_a_day, "even_spacing same_answers none_absent list_order more_than_usual"
    ),
    _invented(invented.absences_by_taps, "only_absent list_order even_spacing"),
    _invented(invented.absences_by_form, "only_absent list_order even_spacing"),
    _invented(invented.two_at_two, "night"),
    _invented(invented.night, "night list_order", "daytime"),
    _invented(invented.before_dawn, "night too_fast none_absent list_order"),
    _invented(invented.last_weeks_list, "copied_visits same_answers none_absent"),
    _invented(invented.exactly_twelve, "same_count list_order", "fresh"),
    _invented(invented.all_the_same, "same_answers none_absent list_order more_than_usual"),
    _invented(invented.in_list_order, "list_order none_absent even_spacing more_than_usual"),
    _invented(invented.round_numbers, "many_people same_answers"),
    _invented(invented.twelve_everywhere, "many_people same_answers"),
    _invented(invented.three_notes_in_turn, "copied_notes none_absent"),
    _invented(invented.one_note_everywhere, "copied_notes none_absent list_order more_than_usual"),
    _invented(invented.month_on_its_last_evening, "clock written_at_once same_answers none_absent", "fresh"),
    _invented(invented.only_without_number, "uncallable none_absent"),
    _invented(invented.absent_then_helped, "changed_later same_answers"),
    _invented(invented.lunch_break, "too_fast written_at_once list_order even_spacing"),
    _invented(invented.between_other_work, "too_fast written_at_once list_order none_absent more_than_usual"),
    _invented(invented.two_hamlets_at_once, "far_jumps too_fast none_absent"),
    _invented(invented.from_end_to_end, "far_jumps too_fast none_absent"),
    _invented(
        invented.week_on_sunday_evening, "written_at_once too_fast list_order none_absent more_than_usual"
    ),
    _invented(invented.much_in_little_time, "too_fast same_answers none_absent list_order"),
    _invented(invented.in_turns, "same_answers list_order even_spacing more_than_usual"),
    _invented(invented.padding_at_the_end_of_the_month, "more_than_usual list_order none_absent", "slow"),
    _invented(invented.more_behind_an_outing, "too_fast list_order none_absent written_at_once"),
    _invented(invented.same_households_daily, "copied_visits same_answers none_absent same_count"),
    _invented(invented.to_the_second, "even_spacing none_absent list_order more_than_usual"),
    _invented(invented.from_a_chair, "same_answers none_absent list_order more_than_usual same_count"),
    _invented(invented.from_a_chair_varied, "even_spacing list_order more_than_usual same_count"),
    _invented(invented.nobody_ever_out, "none_absent list_order more_than_usual same_count", "daytime"),
    _invented(
        invented.session_that_was_not, "too_fast far_jumps same_answers written_at_once more_than_usual"
    ),
    _invented(invented.always_explained, "even_spacing same_answers none_absent list_order more_than_usual"),
    _invented(invented.set_back_clock, "clock even_spacing same_answers none_absent list_order"),
    _invented(invented.two_weeks_like_one, "copied_visits list_order same_count", "fresh"),
    _invented(invented.only_absent_week, "only_absent list_order", "fresh"),
)
