"""The codes of a visit: its result, its review, and why it was returned.

Every other list of them is made from these or compared with them (`tests/web/desk/test_options.py`,
`tests/contract/test_codes.py`): labels, forms, the shapes of the wire, the phone's types.
"""

from typing import Literal, get_args

Result = Literal["helped", "come_back", "not_home", "not_needed", "refused"]
ReviewState = Literal["received", "accepted", "returned"]
ReturnReason = Literal["duplicate_visit", "wrong_household", "missing_information", "not_true", "other"]
# The field that a supervisor asks the author to look at.
ReturnField = Literal["result", "services", "note", "follow_up_on", "household"]
Empty = Literal[""]  # of a reason or field that a review does not have

RESULTS: tuple[Result, ...] = get_args(Result)
REVIEW_STATES: tuple[ReviewState, ...] = get_args(ReviewState)
DECIDED_STATES: tuple[ReviewState, ...] = ("accepted", "returned")
RETURN_REASONS: tuple[ReturnReason, ...] = get_args(ReturnReason)
RETURN_FIELDS: tuple[ReturnField, ...] = get_args(ReturnField)

# Nobody was at home, nobody wanted to talk, or nobody needed anything.
WITHOUT_NEEDS: tuple[Result, ...] = ("not_home", "refused")
WITHOUT_SERVICES: tuple[Result, ...] = (*WITHOUT_NEEDS, "not_needed")
WITHOUT_FOLLOW_UP: tuple[Result, ...] = ("not_needed", "refused")
# Reasons that are not about one field: the whole visit is too many.
WITHOUT_FIELD: tuple[ReturnReason, ...] = ("duplicate_visit",)
