"""/desk/second-factor: the second factor of supervisors, operators and viewers alike."""

from app.web.routing import routes_of
from app.web.second_factor import lost, manage, passkey, setup, step, unlock

router = routes_of(step, setup, manage, lost, unlock, passkey)
