"""A Redis of the test's own: processes of the site use it, and it may go away and come back."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

PROGRAM = "redis-server"
SECONDS = 30


def missing() -> bool:
	return not shutil.which(PROGRAM)


class PrivateRedis:
	"""The server, which keeps nothing while it is away."""

	def __init__(self) -> None:
		with socket.socket() as free:
			free.bind(("127.0.0.1", 0))
			self.port = free.getsockname()[1]
		self.server: subprocess.Popen | None = None

	@property
	def environment(self) -> dict[str, str]:
		"""What makes a process of the site use this server."""
		return dict.fromkeys(("FRAPPE_REDIS_CACHE", "FRAPPE_REDIS_QUEUE"), f"redis://127.0.0.1:{self.port}")

	def start(self) -> None:
		"""Start it, and wait until it answers."""
		options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
		self.server = subprocess.Popen([PROGRAM, *options], stdout=subprocess.DEVNULL)
		until = time.monotonic() + SECONDS
		while not self._answers():
			assert time.monotonic() < until and self.server.poll() is None
			time.sleep(0.05)

	def stop(self) -> None:
		if self.server and self.server.poll() is None:
			self.server.kill()
			self.server.wait()

	def _answers(self) -> bool:
		with socket.socket() as knock:
			return not knock.connect_ex(("127.0.0.1", self.port))


@contextmanager
def may_go_away() -> Iterator[PrivateRedis]:
	"""Have a Redis, not started yet, as long as the block."""
	redis = PrivateRedis()
	try:
		yield redis
	finally:
		redis.stop()
