"""A real Redis and a real Postgres, started from the system's packages; each test file has its own.

They listen on sockets in directories of their own, so nothing can be in their way, and end with the tests.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
import redis

PATIENCE = 30.0
"""Seconds that a server has to come up."""
POSTGRES = "/usr/lib/postgresql"
"""Where Debian keeps those of its programs that are in nobody's path."""


@pytest.fixture(scope="module")
def redis_server() -> Iterator[redis.Redis]:
    """A client of an empty Redis without modules."""
    program = _program("redis-server", package="redis-server")
    with _directory() as home:
        socket = home / "redis"
        command = [
            program,
            "--port",
            "0",
            "--unixsocket",
            socket,
            "--dir",
            home,
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        with (
            redis.Redis(unix_socket_path=str(socket)) as client,
            _running(command, client.ping, redis.RedisError),
        ):
            yield client


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """How to connect to an empty Postgres, for psycopg."""
    made, program = (_program(name, package="postgresql") for name in ("initdb", "postgres"))
    user = (
        None if os.getuid() else "postgres" if _exists("postgres") else "nobody"
    )  # it refuses to run as root
    with _directory(user) as home:
        data = home / "data"
        _run([made, "--pgdata", data, "--username", "postgres", "--auth", "trust", "--no-sync"], user, home)
        url = f"postgresql://postgres@/postgres?host={home}"
        command = [
            program, "-D", data, "-k", home,
            "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=30",
        ]  # fmt: skip

        def connect() -> None:
            psycopg.connect(url).close()

        with _running(command, connect, psycopg.OperationalError, user):
            yield url


def _program(name: str, *, package: str) -> str:
    """Where a server's program is; without it the test is skipped, but never in CI."""
    there = [str(path) for path in sorted(Path(POSTGRES).glob(f"*/bin/{name}"))]
    found = shutil.which(name) or (there[-1] if there else None)
    if found is None:
        message = f"NOT TESTED: there is no {name}; `apt-get install {package}` brings it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


@contextlib.contextmanager
def _directory(user: str | None = None) -> Iterator[Path]:
    """A new one, short enough for the name of a socket."""
    home = Path(tempfile.mkdtemp(prefix="imw-"))
    try:
        if user is not None:
            shutil.chown(home, user)
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _running(
    command: Sequence[str | Path],
    ready: Callable[[], object],
    error: type[Exception],
    user: str | None = None,
) -> Iterator[None]:
    home = Path(tempfile.mkdtemp(prefix="imw-log-"))
    with (home / "log").open("w+b") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, user=user, group=_group(user), cwd="/")
        try:
            _wait(server, ready, error, home / "log")
            yield
        finally:
            server.terminate()
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            shutil.rmtree(home, ignore_errors=True)


def _wait(
    server: subprocess.Popen[bytes], ready: Callable[[], object], error: type[Exception], log: Path
) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            ready()
            return
        except error:
            if server.poll() is not None or time.monotonic() > until:
                pytest.fail(f"{server.args} does not answer:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)  # a server tells nobody that it is ready


def _run(command: Sequence[str | Path], user: str | None, cwd: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, user=user, group=_group(user), cwd=cwd)
    if done.returncode:
        pytest.fail(f"{command[0]} failed:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")


def _exists(user: str) -> bool:
    try:
        return bool(pwd.getpwnam(user))
    except KeyError:
        return False


def _group(user: str | None) -> int | None:
    return None if user is None else pwd.getpwnam(user).pw_gid
