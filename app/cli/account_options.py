"""The options of the commands for accounts. Their text is cleaned as it is parsed."""

from typing import Annotated

import typer

from app.cli.common import parse_port
from app.core.errors import TextRefused
from app.core.text import nfc


def clean(value: str) -> str:
    """The value of an option in NFC. Raises `typer.BadParameter` if it is empty or cannot be stored."""
    try:
        cleaned = nfc(value)
    except TextRefused:
        raise typer.BadParameter("it holds characters that cannot be stored") from None
    if not cleaned:
        raise typer.BadParameter("it is empty")
    return cleaned


def _clean_all(values: list[str]) -> list[str]:
    return [clean(value) for value in values]


def _clean_sign_in_name(value: str | None) -> str | None:
    return None if value is None else clean(value).lower()


Name = Annotated[str, typer.Option(help="Full name, as visits will show it.", callback=clean)]
SupervisorName = Annotated[str, typer.Option(help="Full name.", callback=clean)]
Phone = Annotated[str, typer.Option(help="The phone number they will sign in with.")]
MemberPhone = Annotated[str, typer.Option(help="The number of a volunteer or leader.")]
SignInName = Annotated[str, typer.Option(help="What they type at the desk.", callback=_clean_sign_in_name)]
OptionalSignInName = Annotated[
    str | None,
    typer.Option(
        help="The sign-in name of a supervisor, operator or province viewer.", callback=_clean_sign_in_name
    ),
]
OptionalOperatorName = Annotated[
    str | None,
    typer.Option(
        "--sign-in-name", help="An operator who needs a new password.", callback=_clean_sign_in_name
    ),
]
Hamlets = Annotated[
    list[str], typer.Option(help="A hamlet of their team; may be repeated.", callback=_clean_all)
]
CreateHamlet = Annotated[bool, typer.Option(help="Add hamlets that the commune does not have yet.")]
ProvinceCode = Annotated[str, typer.Option(help="Official 2-digit code of the province.")]
CommuneCode = Annotated[str, typer.Option(help="Official 5-digit code of the commune.")]
OptionalCommuneCode = Annotated[
    str, typer.Option(help="Official code; needed if several communes have started.")
]
Leader = Annotated[bool, typer.Option(help="As the team's leader.")]
SamePerson = Annotated[
    bool, typer.Option("--same-person", help="Invite the number's owner: name and role stay.")
]
NewName = Annotated[bool, typer.Option("--new-name", help="With --same-person: change their name to NAME.")]
NewPerson = Annotated[
    bool, typer.Option("--new-person", help="The number's owner has left, and somebody else has it.")
]
NewPassword = Annotated[
    bool, typer.Option("--new-password", help="Give the sign-in name's owner a new password.")
]
Port = Annotated[
    int,
    typer.Option(
        envvar="PORT", parser=parse_port, metavar="PORT", help="Port of `serve`, for the printed address."
    ),
]
