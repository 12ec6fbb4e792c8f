"""The servers that a bench needs beside it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from shutil import which
from typing import TYPE_CHECKING

if TYPE_CHECKING:
	from bench import Bench

LOCAL = {"localhost", "127.0.0.1", "::1"}


@contextlib.contextmanager
def redis_of(bench: Bench) -> Iterator[None]:
	"""Run those Redis servers of the bench that do not answer, on this machine, until the block ends."""
	servers = []
	for name, (host, port) in bench.services().items():
		if name.startswith("Redis") and host in LOCAL and which("redis-server") and not is_open(host, port):
			config = bench.folder / "config" / f"{name.removeprefix('Redis (').removesuffix(')')}.conf"
			options = (
				[str(config)] if config.exists() else ["--port", str(port), "--save", "", "--bind", host]
			)
			servers.append(subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL))
			wait_for(host, port)
	try:
		yield
	finally:
		for server in servers:
			server.terminate()
			server.wait()


def wait_for(host: str, port: int, seconds: int = 10) -> None:
	"""Wait for a server, so long at most."""
	for _attempt in range(10 * seconds):
		if is_open(host, port):
			return
		time.sleep(0.1)


def is_open(host: str, port: int) -> bool:
	"""Return whether something listens there."""
	try:
		socket.create_connection((host, port), timeout=3).close()
	except OSError:
		return False
	return True
