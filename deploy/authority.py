"""A certificate authority for one machine, to try the app on a phone over HTTPS (`make phone`)."""

import ipaddress
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=90)  # Apple accepts leaves of up to 825 days, of authorities that a person trusts
# The authority can sign nothing else: a key that is lost opens no page on the internet.
NETWORKS = ("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


class Authority:
    """The authority whose key and certificate are in a folder; made when they are missing or expire soon."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate_file = folder / "authority.crt"
        self._key_file = folder / "authority.key"
        if not self._is_valid():
            self._create()

    def sign(self, address: str) -> tuple[Path, Path]:
        """A new certificate for this IPv4 address, and its key: files in the folder."""
        authority = x509.load_pem_x509_certificate(self.certificate_file.read_bytes())
        authority_key = serialization.load_pem_private_key(self._key_file.read_bytes(), None)
        assert isinstance(authority_key, ec.EllipticCurvePrivateKey)
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        certificate = (
            _builder(address, authority.subject, key)
            .add_extension(names, critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(authority_key, hashes.SHA256())
        )
        files = self.folder / "server.crt", self.folder / "server.key"
        _write(files[0], certificate.public_bytes(serialization.Encoding.PEM))
        _write(files[1], _pem(key))
        return files

    def _is_valid(self) -> bool:
        if not self.certificate_file.exists() or not self._key_file.exists():
            return False
        ends = x509.load_pem_x509_certificate(self.certificate_file.read_bytes()).not_valid_after_utc
        return ends > datetime.now(UTC) + timedelta(days=1)

    def _create(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = f"Từng Nhà thử {datetime.now(UTC):%d/%m/%Y}"
        permitted = [x509.IPAddress(ipaddress.ip_network(network)) for network in NETWORKS]
        certificate = (
            _builder(name, _name(name), key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.NameConstraints(permitted, None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(self._key_file, _pem(key))
        _write(self.certificate_file, certificate.public_bytes(serialization.Encoding.PEM))


def _builder(subject: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
        written.write(content)
