"""The keys of export files: phones get the public key, the private key stays in the database.

Backups contain the private keys, so that a restored server can decrypt the files. On phones a newer key
replaces an older one; the older private key stays in the database, for files that were made before.
"""

import uuid
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from sqlalchemy import ForeignKeyConstraint, bindparam, select
from sqlmodel import Field, Session, SQLModel, col

from app.commune.areas import Commune
from app.core.clock import Instant
from app.core.db import table_of
from app.sync.wire.protocol import ExportKeyRow


class ExportKey(SQLModel, table=True):
    """A commune's pair of keys (ECDH, P-256). `public_key`: the uncompressed point; `private_key`: PKCS 8;
    both in base64."""

    __tablename__ = "export_key"
    __table_args__ = (ForeignKeyConstraint(["commune_id"], ["commune.id"]),)

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    public_key: str
    private_key: str
    created_at: datetime = Field(sa_type=Instant)


_KEY = table_of(ExportKey)
# The id of the key that phones should have, as a subquery with the parameter `commune_id`.
NEWEST_KEY_ID = (
    select(_KEY.c.id)
    .where(_KEY.c.commune_id == bindparam("commune_id"))
    .order_by(_KEY.c.created_at.desc(), _KEY.c.id)
    .limit(1)
    .scalar_subquery()
)


def create(session: Session, commune_id: str, now: datetime) -> ExportKey:
    """A new key; phones get it with their next exchange."""
    secret = ec.generate_private_key(ec.SECP256R1())
    private = secret.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    point = secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = ExportKey(
        commune_id=commune_id,
        id=str(uuid.uuid4()),
        public_key=b64encode(point).decode(),
        private_key=b64encode(private).decode(),
        created_at=now,
    )
    session.add(key)
    session.flush()
    return key


def ensure(session: Session, commune_id: str, now: datetime) -> None:
    """Create the commune's first key, if it has none."""
    if (
        session.scalars(select(ExportKey).where(col(ExportKey.commune_id) == commune_id).limit(1)).first()
        is None
    ):
        create(session, commune_id, now)


def public_row(session: Session, commune_id: str, key_id: str) -> ExportKeyRow:
    """The wire row of a key of this commune."""
    key = session.get_one(ExportKey, (commune_id, key_id))
    return {"id": key.id, "public_key": key.public_key}


def find(session: Session, commune_id: str, key_id: str) -> ExportKey | None:
    """The commune's key of this id; without `commune_id`, as files of builds before name none, that of any
    commune."""
    if commune_id:
        return session.get(ExportKey, (commune_id, key_id))
    return session.scalars(select(ExportKey).where(col(ExportKey.id) == key_id)).first()


def all_keys(session: Session) -> list[ExportKey]:
    """The keys of all communes."""
    return list(session.scalars(select(ExportKey)))


def copy_missing(session: Session, other_keys: Iterable[ExportKey]) -> None:
    """Add those keys of another database that are missing here, for the communes that exist here."""
    for key in other_keys:
        if session.get(Commune, key.commune_id) and not session.get(ExportKey, (key.commune_id, key.id)):
            session.add(ExportKey(**key.model_dump()))


def private_key(key: ExportKey) -> ec.EllipticCurvePrivateKey:
    """The private key as an object of `cryptography`."""
    secret = load_der_private_key(b64decode(key.private_key), None)
    assert isinstance(secret, ec.EllipticCurvePrivateKey)
    return secret
