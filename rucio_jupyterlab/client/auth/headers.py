"""What an HTTP header can carry. HTTP libraries repeat the value in the error if they refuse it."""

from __future__ import annotations

from rucio_jupyterlab.errors import BadRequest


def header_bytes(value: str, label: str) -> bytes:
    """``value`` as it travels: Latin-1, as WSGI servers read it (PEP 3333).

    ``label`` names the value in the error; the value itself is never repeated.

    Raises:
        BadRequest: no header can carry it.
    """
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise BadRequest(
            f"The {label} holds a line break or another control character.",
            code="invalid_credentials_format",
            hint="It may have come along when it was copied: type it instead.",
        )
    if value != value.strip(" "):
        raise BadRequest(
            f"The {label} begins or ends with a blank, which Rucio would not see.",
            code="invalid_credentials_format",
            hint="Remove the blank.",
        )
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        # Its text and its attributes hold the value, hence no chain.
        raise BadRequest(
            f"The {label} holds characters that Rucio's sign-in cannot carry.",
            code="invalid_credentials_format",
            hint="Only Latin letters, digits and signs can be used; change it in Rucio.",
        ) from None
