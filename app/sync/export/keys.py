"""The keys of export files and sealed queues: phones get the public key, the server has the private key.

Keys are derived from the instance's id key (`app/core/id_key/derived.py`): a server that is made anew with it
can decrypt what phones sealed for the one that is lost. Those of builds before are random, and are read as
long as the database has them. The database has private keys encrypted, also with a key derived from the id
key. On phones a newer key replaces an older one.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from itertools import count

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from sqlalchemy import ForeignKeyConstraint, bindparam, delete, select
from sqlmodel import Field, Session, SQLModel, col

from app.commune.areas import Commune
from app.core.clock import Instant
from app.core.db import Database, table_of
from app.core.id_key import encryption
from app.core.id_key.derived import Ids, derived_secret
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.upsert import Upsert
from app.sync.wire.protocol import ExportKeyRow


@stores(rows.TECHNICAL, {rows.TECHNICAL: "public_key", rows.SECRET: "private_key"})
class ExportKey(SQLModel, table=True):
    """A commune's pair of keys (ECDH, P-256). `public_key`: the uncompressed point; `private_key`: PKCS 8,
    encrypted for the `PURPOSE` and the key's id; both in base64."""

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


# Two phones that enrol at once, the first ones of their commune, derive the same key.
_ADD = Upsert(_KEY, lambda table, _insert: {"created_at": table.c.created_at})
_KNOWN = select(_KEY.c.id).where(_KEY.c.commune_id == bindparam("commune_id"))
PURPOSE = "private key of files"
MAX_KEYS = 50  # of one commune that a server made anew looks for
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


def create(session: Session, commune_id: str, now: datetime) -> ExportKey:
    """The commune's next key; phones get it with their next exchange."""
    known = set(session.scalars(_KNOWN, {"commune_id": commune_id}))
    number = next(n for n in count() if _id(session, commune_id, n) not in known)
    key = _derive(session, commune_id, number, now)
    _ADD.run_all(session, [key.model_dump()])
    return key


def ensure(session: Session, commune_id: str, now: datetime) -> None:
    """Create the commune's first derived key, if it has none; derive again what cannot be read."""
    for key in session.scalars(select(ExportKey).where(col(ExportKey.commune_id) == commune_id)):
        if not encryption.is_readable(session, PURPOSE, key.private_key, key.id):
            derived = _find_derived(session, commune_id, key.id)
            key.private_key = derived.private_key if derived else key.private_key
    if session.get(ExportKey, (commune_id, _id(session, commune_id, 0))) is None:
        create(session, commune_id, now)


def ensure_all(database: Database, now: datetime) -> None:
    """The same for each commune with a key, which may be one of a build before."""
    communes = database.read(lambda session: sorted({key.commune_id for key in all_keys(session)}))
    for commune_id in communes:
        database.write(partial(ensure, commune_id=commune_id, now=now))


def _id(session: Session, commune_id: str, number: int) -> str:
    return Ids(session, "export_key", commune_id).uuid(str(number))


def _derive(session: Session, commune_id: str, number: int, now: datetime) -> ExportKey:
    """The commune's key with this number, the same for as long as the instance lives."""
    secret_of = derived_secret(session, f"export key {commune_id} {number}")
    secret = ec.derive_private_key(int.from_bytes(secret_of) % (_ORDER - 1) + 1, ec.SECP256R1())
    private = secret.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    point = secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    id = _id(session, commune_id, number)
    return ExportKey(
        commune_id=commune_id,
        id=id,
        public_key=b64encode(point).decode(),
        private_key=encrypt(session, b64encode(private).decode(), id),
        created_at=now,
    )


def public_row(session: Session, commune_id: str, key_id: str) -> ExportKeyRow:
    """The wire row of a key of this commune."""
    key = session.get_one(ExportKey, (commune_id, key_id))
    return {"id": key.id, "public_key": key.public_key}


def find(session: Session, commune_id: str, key_id: str) -> ExportKey | None:
    """The commune's key of this id; without `commune_id`, as files of builds before name none, that of any
    commune."""
    if commune_id:
        key = session.get(ExportKey, (commune_id, key_id))
        if key and encryption.is_readable(session, PURPOSE, key.private_key, key.id):
            return key
        return _find_derived(session, commune_id, key_id) or key
    return session.scalars(select(ExportKey).where(col(ExportKey.id) == key_id)).first()


def _find_derived(session: Session, commune_id: str, key_id: str) -> ExportKey | None:
    """A key that the database does not have yet, because the server was made anew."""
    commune = session.get(Commune, commune_id)
    if commune is None or commune.started_at is None:
        return None
    number = next((n for n in range(MAX_KEYS) if _id(session, commune_id, n) == key_id), None)
    return None if number is None else _derive(session, commune_id, number, commune.started_at)


def all_keys(session: Session) -> list[ExportKey]:
    """The keys of all communes."""
    return list(session.scalars(select(ExportKey)))


def keys_in_plain(session: Session) -> list[ExportKey]:
    """The keys of all communes that can be decrypted, as rows that are in no session and whose private keys
    are not encrypted."""
    return [
        ExportKey(**key.model_dump() | {"private_key": decrypt(session, key.private_key, key.id)})
        for key in all_keys(session)
        if encryption.is_readable(session, PURPOSE, key.private_key, key.id)
    ]


def count_unreadable(session: Session, commune_id: str) -> int:
    """How many private keys of the commune the id key cannot decrypt."""
    found = session.scalars(select(ExportKey).where(col(ExportKey.commune_id) == commune_id))
    return sum(not encryption.is_readable(session, PURPOSE, key.private_key, key.id) for key in found)


def delete_all(session: Session, commune_id: str) -> None:
    """Delete the commune's keys: what is encrypted for them cannot be read any more."""
    session.execute(delete(ExportKey).where(col(ExportKey.commune_id) == commune_id))


def copy_missing(session: Session, keys_of_other: Iterable[ExportKey]) -> None:
    """Add those keys of another database, not encrypted, that are missing here, for the communes that exist
    here."""
    for key in keys_of_other:
        if session.get(Commune, key.commune_id) and not session.get(ExportKey, (key.commune_id, key.id)):
            secret = encrypt(session, key.private_key, key.id)
            session.add(ExportKey(**key.model_dump() | {"private_key": secret}))


def encrypt(session: Session, private: str, key_id: str) -> str:
    """A private key as the column of the key of this id has it."""
    return encryption.encrypt(session, PURPOSE, private, key_id)


def decrypt(session: Session, encrypted: str, key_id: str) -> str:
    """PKCS 8 in base64. Raises `InvalidTag` if the id key is another one."""
    return encryption.decrypt(session, PURPOSE, encrypted, key_id)


def private_key(session: Session, key: ExportKey) -> ec.EllipticCurvePrivateKey:
    """The private key as an object of `cryptography`."""
    secret = load_der_private_key(b64decode(decrypt(session, key.private_key, key.id)), None)
    assert isinstance(secret, ec.EllipticCurvePrivateKey)
    return secret
