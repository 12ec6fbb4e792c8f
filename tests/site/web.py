"""The site over HTTP, as programs and browsers meet it: a server of its own, and callers with their keys."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import frappe
import requests

from tests.contract.source import APP, PACKAGE


@dataclass(frozen=True)
class Answer:
	"""What came back: the HTTP status, the message, and the whole text."""

	status: int
	message: object
	text: str

	@property
	def reason(self) -> str:
		"""What who was refused was told, without the names and numbers in it."""
		try:
			said = json.loads(self.text)
			messages = [
				json.loads(one)["message"] for one in json.loads(said.get("_server_messages") or "[]")
			]
		except (ValueError, KeyError, TypeError):
			return self.text[:200]
		told = messages[-1] if messages else said.get("exc_type") or str(self.status)
		return re.sub(r"\S*\d\S*", "…", re.sub(r"<[^>]*>", "", str(told)))[:200]


class Caller:
	"""Somebody who calls our endpoints; nobody in particular without a key."""

	def __init__(self, address: str, key: str = ""):
		self.address = address
		self.session = requests.Session()
		self.session.headers.update({"Content-Type": "application/json", "Accept": "application/json"})
		if key:
			self.session.headers["Authorization"] = f"token {key}"

	def call(self, endpoint: str, arguments: object) -> Answer:
		"""Post the arguments as JSON to one of our endpoints, named without the package."""
		return self.post(f"{PACKAGE}.{endpoint}", arguments)

	def post(self, method: str, arguments: object) -> Answer:
		"""Post the arguments as JSON to any whitelisted method."""
		return self._ask("POST", f"method/{method}", arguments)

	def get(self, doctype: str, name: str) -> Answer:
		"""Return a document."""
		return self._ask("GET", f"resource/{quote(doctype)}/{quote(name)}")

	def put(self, doctype: str, name: str, values: object) -> Answer:
		"""Change a document."""
		return self._ask("PUT", f"resource/{quote(doctype)}/{quote(name)}", values)

	def _ask(self, verb: str, path: str, values: object = None) -> Answer:
		data = None if values is None else json.dumps(values)
		answer = self.session.request(verb, f"{self.address}/api/{path}", data=data, timeout=300)
		try:
			said = answer.json()
			message = said.get("message", said.get("data"))
		except ValueError:
			message = None
		return Answer(answer.status_code, message, answer.text)


def endpoints() -> dict[str, list[str]]:
	"""Return {endpoint without the package: the names of its arguments}."""
	return {
		name.removeprefix(f"{PACKAGE}."): [argument.arg for argument in function.args.args]
		for name, (_module, function) in sorted(APP.whitelisted().items())
	}


def key_of(user: str) -> str:
	"""Give a user a key to the API and return it."""
	person = frappe.get_doc("User", user)
	person.api_key, person.api_secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
	secret = person.api_secret
	person.save()
	return f"{person.api_key}:{secret}"


@contextmanager
def served(**environment: str) -> Iterator[str]:
	"""Serve the site from a process of its own, with this in its environment; yield its address."""
	with socket.socket() as free:
		free.bind(("127.0.0.1", 0))
		port = free.getsockname()[1]
	site = os.environ["SOE_SITE"]
	command = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", site, "serve"]
	command += ["--port", str(port), "--noreload"]
	with tempfile.TemporaryFile() as log:
		server = subprocess.Popen(
			command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **environment}
		)
		try:
			_wait_for(port, server)
			yield f"http://127.0.0.1:{port}"
		finally:
			server.terminate()
			server.wait()


def _wait_for(port: int, server: subprocess.Popen) -> None:
	ends = time.monotonic() + 120
	while time.monotonic() < ends:
		assert server.poll() is None, "the server ended before it answered"
		with socket.socket() as knock:
			if not knock.connect_ex(("127.0.0.1", port)):
				return
		time.sleep(0.1)
	raise AssertionError("the server does not answer")
