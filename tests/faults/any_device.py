"""The device id of the mutant that accepts every device."""


class AnyDevice(str):
    """Equal to every device id."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, _other: object) -> bool:
        return True

    def __ne__(self, _other: object) -> bool:
        return False
