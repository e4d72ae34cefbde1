"""`_()` for strings in code. Vietnamese is the key, as in the templates, and so far also the text."""


def _(message: str, **values: object) -> str:
    """`message` with its placeholders (`%(name)s`) filled in; a literal per cent sign is written `%%`."""
    return message % values
