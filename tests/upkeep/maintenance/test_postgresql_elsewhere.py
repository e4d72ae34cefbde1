"""A PostgreSQL on another machine proves which one it is, to the server and to what dumps it."""

import shutil
from pathlib import Path

import pytest
import trustme
from sqlalchemy import text

from app.core.db import Database
from app.core.errors import Unavailable
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.postgresql import PostgresqlStore
from tests import postgres
from tests.conftest import skip_without
from tests.e2e.server import free_port


def test_connection_is_encrypted_and_another_certificate_is_refused(tmp_path: Path) -> None:
    programs = postgres.find_bin_dir()
    if programs is None:
        skip_without("PostgreSQL")
        return
    ours, others = tmp_path / "ours.pem", tmp_path / "others.pem"
    authority = trustme.CA()
    authority.cert_pem.write_to_path(ours)
    trustme.CA().cert_pem.write_to_path(others)
    with postgres.cluster(programs) as folder:
        url = (
            f"postgresql+psycopg://tungnha@localhost:{_with_tls(programs, Path(folder), authority)}/postgres"
        )
        known = f"{url}?sslmode=verify-full&sslrootcert={ours}"
        database = Database(known)
        asked = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        assert database.read(lambda session: session.execute(asked).scalar_one()) is True
        database.close()
        PostgresqlStore(known).dump(tmp_path / "dump")
        assert (tmp_path / "dump").read_bytes().startswith(b"PGDMP")
        unknown = f"{url}?sslmode=verify-full&sslrootcert={others}"
        database = Database(unknown)
        with pytest.raises(Unavailable):
            database.read(lambda session: session.execute(asked))
        database.close()
        with pytest.raises(MaintenanceRefused, match="pg_dump failed"):
            PostgresqlStore(unknown).dump(tmp_path / "other")


def _with_tls(programs: Path, folder: Path, authority: trustme.CA) -> int:
    """Have the cluster answer with a certificate of this authority, on loopback; the port."""
    certificate, port = authority.issue_cert("localhost"), free_port()
    certificate.private_key_pem.write_to_path(folder / "server.key")
    certificate.cert_chain_pems[0].write_to_path(folder / "server.crt")
    (folder / "server.key").chmod(0o600)
    if owner := postgres.owner_of_clusters():
        for name in ("server.key", "server.crt"):
            shutil.chown(folder / name, owner.pw_uid, owner.pw_gid)
    options = {
        "listen_addresses": "localhost", "port": str(port), "unix_socket_directories": str(folder),
        "ssl": "on", "ssl_cert_file": str(folder / "server.crt"), "ssl_key_file": str(folder / "server.key"),
        "fsync": "off",
    }  # fmt: skip
    words = " ".join(f"-c {name}={value}" for name, value in options.items())
    log = str(folder / "log")
    postgres.run(
        programs, folder, "pg_ctl", "-D", str(folder / "data"), "-w", "-l", log, "-o", words, "restart"
    )
    return port
