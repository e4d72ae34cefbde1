"""Let the id key be in a file apart from the data, and encrypt the private keys of export files with it.

Created 2026-12-01.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

import sqlalchemy as sa
import sqlmodel
from alembic import op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_PURPOSE, _NONCE_BYTES = b"private key of files", 12
_KEY = sa.table("export_key", *(sa.column(name) for name in ("commune_id", "id", "private_key")))


def upgrade() -> None:
    _TEXT = sqlmodel.sql.sqltypes.AutoString()
    op.add_column("id_key", sa.Column("fingerprint", _TEXT, server_default="", nullable=False))
    for commune_id, id, private_key in _rows():
        nonce = secrets.token_bytes(_NONCE_BYTES)
        encrypted = nonce + _cipher().encrypt(nonce, private_key.encode(), id.encode())
        _store(commune_id, id, urlsafe_b64encode(encrypted).decode())


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT key FROM id_key")).scalar() == "in its file":
        raise ValueError("the id key is in its file")  # an older release could not read it
    for commune_id, id, private_key in _rows():
        content = urlsafe_b64decode(private_key)
        nonce, rest = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
        _store(commune_id, id, _cipher().decrypt(nonce, rest, id.encode()).decode())
    op.drop_column("id_key", "fingerprint")


def _rows() -> list[tuple[str, str, str]]:
    found = op.get_bind().execute(sa.select(_KEY).order_by(_KEY.c.commune_id, _KEY.c.id))
    return [tuple(row) for row in found]


def _store(commune_id: str, id: str, private_key: str) -> None:
    is_this = sa.and_(_KEY.c.commune_id == commune_id, _KEY.c.id == id)
    op.get_bind().execute(sa.update(_KEY).where(is_this).values(private_key=private_key))


def _cipher() -> AESGCM:
    key = op.get_bind().execute(sa.text("SELECT key FROM id_key")).scalar_one()
    return AESGCM(hmac.digest(bytes.fromhex(key), _PURPOSE, hashlib.sha256)[:16])
