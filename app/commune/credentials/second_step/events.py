"""What is written to the desk log of factors, so that a restore knows of it."""

from app.commune.second_factor import losses

ADDED, REMOVED, RESET = "factor.added", "factor.removed", "factor.reset"
NEW_CODES, CODE_USED = "factor.codes", "factor.code_used"
EVENTS = (ADDED, REMOVED, RESET, NEW_CODES, CODE_USED, losses.ASKED, losses.CONFIRMED, losses.STOPPED)
