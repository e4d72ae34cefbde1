"""The certificate of `make phone`, and the authority that a phone trusts for it.

The authority's key is never stored: it signs the certificate of one address and is gone. A phone on which the
authority was forgotten trusts it for nothing else.
"""

import ipaddress
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509

LIFETIME = timedelta(days=90)  # Apple accepts up to 825 days, of authorities that a person trusts
NETWORKS = ("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


@dataclass(frozen=True)
class Files:
    """The authority's certificate, the server's, and the server's key."""

    authority: Path
    certificate: Path
    key: Path


def private_address(text: str) -> str:
    """The IPv4 address, if it is one of a private network. Raises `ValueError`."""
    address = ipaddress.IPv4Address(text)
    if not any(address in ipaddress.IPv4Network(network) for network in NETWORKS):
        raise ValueError(f"not a private address: {text}")
    return text


def certify(address: str, folder: Path) -> Files:
    """The files of this private address, made anew when they are missing or expire within a day."""
    place = folder / private_address(address)
    files = Files(place / "authority.crt", place / "server.crt", place / "server.key")
    if not _is_valid(files):
        _create(address, files)
    return files


def _is_valid(files: Files) -> bool:
    if not files.authority.exists():  # written last, so that the others are complete
        return False
    ends = x509.load_pem_x509_certificate(files.certificate.read_bytes()).not_valid_after_utc
    return ends > datetime.now(UTC) + timedelta(days=1)


def _create(address: str, files: Files) -> None:
    now = datetime.now(UTC)
    authority = trustme.CA(path_length=0, organization_name=f"Từng Nhà thử {now:%d/%m/%Y}")
    server = authority.issue_cert(address, not_before=now - timedelta(hours=1), not_after=now + LIFETIME)
    files.authority.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    files.authority.unlink(missing_ok=True)
    _write(files.key, server.private_key_pem)
    _write(files.certificate, server.cert_chain_pems[0])
    _write(files.authority, authority.cert_pem)


def _write(file: Path, content: trustme.Blob) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
        written.write(content.bytes())
