"""The keys of backup files: the public one goes to phones, the private one stays in the database.

So a backup of the database still reads the files that were made for it. A newer key takes the place of an
older one on phones; the older private key stays, for files that are still on their way.
"""

import uuid
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from sqlalchemy import ForeignKeyConstraint, bindparam, select
from sqlmodel import Field, Session, SQLModel

from app.areas import Commune
from app.core.clock import Instant
from app.sync.protocol import BackupKeyRow


class BackupKey(SQLModel, table=True):
    """A commune's pair of keys (ECDH, P-256). `public_key`: the uncompressed point; `private_key`: PKCS 8;
    both in base64."""

    __tablename__ = "backup_key"
    __table_args__ = (ForeignKeyConstraint(["commune_id"], ["commune.id"]),)

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    public_key: str
    private_key: str
    created_at: datetime = Field(sa_type=Instant)


_KEY: Any = BackupKey.__table__  # type: ignore[attr-defined]
# The id of the key that phones should have; to be read beside something else of the commune.
NEWEST = (
    select(_KEY.c.id)
    .where(_KEY.c.commune_id == bindparam("commune_id"))
    .order_by(_KEY.c.created_at.desc(), _KEY.c.id)
    .limit(1)
    .scalar_subquery()
)


def make(session: Session, commune_id: str, now: datetime) -> BackupKey:
    """A new key, which phones get at their next exchange in place of the one before."""
    secret = ec.generate_private_key(ec.SECP256R1())
    private = secret.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    point = secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = BackupKey(
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
    """Make the commune's first key, if it has none."""
    if session.scalars(select(BackupKey).where(_KEY.c.commune_id == commune_id).limit(1)).first() is None:
        make(session, commune_id, now)


def public(session: Session, commune_id: str, key_id: str) -> BackupKeyRow:
    """What a phone gets of a key."""
    key = session.get_one(BackupKey, (commune_id, key_id))
    return {"id": key.id, "public_key": key.public_key}


def find(session: Session, key_id: str) -> BackupKey | None:
    """The key of this id, whichever commune's it is."""
    return session.scalars(select(BackupKey).where(_KEY.c.id == key_id)).first()


def every(session: Session) -> list[BackupKey]:
    """All keys there are."""
    return list(session.scalars(select(BackupKey)))


def take_over(session: Session, saved: Iterable[BackupKey]) -> None:
    """Add those keys of another database that are not here, of the communes that are."""
    for key in saved:
        if session.get(Commune, key.commune_id) and not session.get(BackupKey, (key.commune_id, key.id)):
            session.add(BackupKey(**key.model_dump()))


def secret_of(key: BackupKey) -> ec.EllipticCurvePrivateKey:
    """The private key, to be used."""
    secret = load_der_private_key(b64decode(key.private_key), None)
    assert isinstance(secret, ec.EllipticCurvePrivateKey)
    return secret
