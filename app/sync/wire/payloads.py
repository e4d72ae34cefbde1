"""What is taken out of an operation that is stored as it was sent."""

import json


def without_number(payload: str) -> str:
    """The canonical payload of an operation without the telephone number and the consent to it; of one that
    was too large, and is stored up to the limit, nothing."""
    try:
        parts = json.loads(payload)
    except ValueError:
        return ""
    if isinstance(parts, dict) and isinstance(data := parts.get("data"), dict):
        parts["data"] = {name: value for name, value in data.items() if name not in ("phone", "consent")}
    return json.dumps(parts, sort_keys=True, separators=(",", ":"))
