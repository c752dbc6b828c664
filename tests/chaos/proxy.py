"""
The proxy that is shipped, at work in front of a service: nginx with docs/operate/deploy/nginx.conf.

Contract: the file is used as it is but for the places in `_CHANGES`: ports, names, certificate,
log files, temporary folders. A place that is no longer in the file fails, so none can be forgotten.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.dispatch.certificates import identity
from tests.integration.server import free_port

SHIPPED = Path(__file__).parents[2] / "docs/operate/deploy/nginx.conf"
NAME = "localhost"
API_NAME = "api.localhost"
_STARTS_WITHIN_S = 20


class NoProxy(Exception):
    """nginx is not installed, or does not take the shipped file."""


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """Where it listens, and who signed its certificate."""

    port: int
    plain_port: int
    certificate: Path
    log: Path

    @property
    def pages(self) -> str:
        """The address of the pages."""
        return f"https://{NAME}:{self.port}"


def program() -> str:
    """The path of nginx, or `NoProxy`."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        message = "nginx is not installed (Debian: apt-get install nginx-light)"
        raise NoProxy(message)
    return found


@contextmanager
def proxy(folder: Path, *, to_port: int) -> Iterator[Proxy]:
    """Nginx in front of the service on this port of the loopback."""
    made = Proxy(
        port=free_port(),
        plain_port=free_port(),
        certificate=folder / "chain.pem",
        log=folder / "access.log",
    )
    config = write_config(folder, made, to_port=to_port)
    command = [program(), "-e", str(folder / "start.log"), "-p", str(folder), "-c", str(config)]
    process = subprocess.Popen([*command, "-g", "daemon off;"], stdin=subprocess.DEVNULL)
    try:
        _wait(process, folder / "nginx.pid")
        yield made
    finally:
        process.terminate()
        process.wait(_STARTS_WITHIN_S)


def check(folder: Path) -> str:
    """What `nginx -t` says about the shipped file; `NoProxy` when it does not take it."""
    made = Proxy(
        port=8443, plain_port=8080, certificate=folder / "chain.pem", log=folder / "access.log"
    )
    config = write_config(folder, made, to_port=8765)
    done = subprocess.run(
        [program(), "-t", "-e", "stderr", "-p", str(folder), "-c", str(config)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoProxy(done.stderr)
    return done.stderr


def write_config(folder: Path, made: Proxy, *, to_port: int) -> Path:
    """The shipped file for this machine, in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    chain, key = identity(NAME).write(folder)
    chain.replace(made.certificate)
    changes = {
        "pid /run/nginx.pid": f"pid {folder / 'nginx.pid'}",
        "/var/log/nginx/error.log": str(folder / "error.log"),
        "/var/log/nginx/access.log": str(made.log),
        "/etc/letters/tls/fullchain.pem": str(made.certificate),
        "/etc/letters/tls/privkey.pem": str(key),
        "listen 80 default_server": f"listen 127.0.0.1:{made.plain_port} default_server",
        "listen 80;": f"listen 127.0.0.1:{made.plain_port};",
        "listen 443 ssl http2 default_server": (
            f"listen 127.0.0.1:{made.port} ssl http2 default_server"
        ),
        "listen 443 ssl http2;": f"listen 127.0.0.1:{made.port} ssl http2;",
        "server_name letters.registry.example": f"server_name {NAME}",
        "server_name letters-api.registry.example": f"server_name {API_NAME}",
        "server 127.0.0.1:8765": f"server 127.0.0.1:{to_port}",
        "server 127.0.0.1:8766": f"server 127.0.0.1:{to_port}",
    }
    text = SHIPPED.read_text("utf-8")
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after)
    temporary = "".join(
        f"    {name}_temp_path {folder / name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = text.replace("http {\n", f"http {{\n{temporary}", 1)
    if os.geteuid() == 0:
        # the folder of a test is for its owner alone
        text = f"user root;\n{text}"
    path = folder / "nginx.conf"
    path.write_text(text, "utf-8")
    return path


def _wait(process: "subprocess.Popen[bytes]", pid_file: Path) -> None:
    until = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < until:
        if process.poll() is not None:
            message = "nginx does not take the shipped file, or could not listen"
            raise NoProxy(message)
        if pid_file.exists() and pid_file.read_text("utf-8").strip():
            return
        time.sleep(0.05)
    message = "nginx did not start"
    raise NoProxy(message)
