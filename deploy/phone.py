"""`make phone`: the app on this machine's address in the Wi-Fi, over HTTPS, for a phone on the table.

It runs in production mode with a commune of its own in `var/phone`, because the demo's passwords are public.
The terminal shows two QR codes: the authority that the phone has to trust first (docs/devices.md), and the
sign-in of an invented volunteer.
"""

import argparse
import os
import re
import secrets
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import segno
import uvicorn

from app.web.middleware import connections
from deploy.authority import certify, private_address

ROOT = Path(__file__).resolve().parents[1]
PHONE = "0900000001"
COMMUNE = "06391"


def main() -> None:
    """Run until Ctrl+C."""
    options = _options()
    folder = Path(options.folder)
    files = certify(options.address, folder / "certificates")
    url = f"https://{options.address}:{options.port}"
    os.environ |= {
        "TUNGNHA_MODE": "production",
        "TUNGNHA_SECOND_FACTOR": "offered",  # a trial among colleagues
        "TUNGNHA_DATA_DIR": str(folder / "data"),
        "TUNGNHA_PUBLIC_URL": url,
    }
    offer = _offer_certificate(files.authority, options.address)
    begin_commune(folder)
    show("1. Tin chứng chỉ của máy này (docs/devices.md):", offer)
    show("2. Đăng nhập:", f"{url}/field/sign-in#invite={new_invite()}&phone={PHONE}")
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=options.address,
        port=options.port,
        http=connections.BoundedProtocol,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        ssl_certfile=files.certificate,
        ssl_keyfile=files.key,
    )


def show(title: str, address: str) -> None:
    """Print an address and its QR code."""
    print(f"\n{title}\n{address}\n")
    segno.make_qr(address).terminal(compact=True)
    sys.stdout.flush()


def begin_commune(folder: Path) -> None:
    """A commune with a supervisor, once; what to sign in at the desk with is in `desk.txt`."""
    password_file = folder / "desk.txt"
    if not password_file.exists():
        name = f"thu-{secrets.token_hex(2)}"
        printed = command("supervisor", "--name", "Người thử", "--sign-in-name", name, "--commune", COMMUNE)
        password_file.touch(mode=0o600)
        password_file.write_text(printed, "utf-8")
    print(password_file.read_text("utf-8"), flush=True)


def new_invite() -> str:
    """A new code for the invented volunteer."""
    who = ["--name", "Nguyễn Thị Lan", "--phone", PHONE, "--hamlet", "Thôn Đông", "--create-hamlet"]
    printed = command("invite", *who, "--same-person", "--commune", COMMUNE)
    code = re.search(r"Mã mời: (\d{8})", printed)
    assert code, printed
    return code[1]


def command(*words: str) -> str:
    """Run an operator's command; what it prints. Exits if it is refused."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def _offer_certificate(file: Path, address: str) -> str:
    """Serve the authority's certificate, which is no secret, over HTTP; its address."""
    content = file.read_bytes()

    class Offer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/x-x509-ca-cert")
            self.send_header("Content-Disposition", 'attachment; filename="tung-nha-thu.crt"')
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer((address, 0), Offer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://{address}:{server.server_port}/tung-nha-thu.crt"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make phone")
    parser.add_argument(
        "--address",
        type=private_address,
        default=_own_address(),
        help="this machine's IPv4 address in the Wi-Fi",
    )
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--folder", default="var/phone")
    return parser.parse_args()


def _own_address() -> str:
    """The address from which this machine would reach others. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        address: str = probe.getsockname()[0]
        return address


if __name__ == "__main__":
    main()
