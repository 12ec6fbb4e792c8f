"""The app's source as trees. The contract tests read it; they run none of it and import no frappe."""

from __future__ import annotations

import ast
import json
import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[2]
PACKAGE = "sales_order_ext"
MODULE = "Sales Order Ext"
ROOMS = (
	"won_quote",
	"order_type",
	"allocation",
	"invoicing",
	"payment",
	"lifecycle",
	"replacement",
	"order_entry",
	"fulfilment",
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
	"""One Python file: its dotted name, path and tree."""

	name: str
	path: Path
	tree: ast.Module

	@cached_property
	def definitions(self) -> dict[str, Function | ast.ClassDef]:
		"""Top-level functions and classes by name."""
		kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
		return {node.name: node for node in self.tree.body if isinstance(node, kinds)}

	@cached_property
	def imports(self) -> dict[str, str]:
		"""Dotted targets of all imports, those inside functions too, by the name they are bound to."""
		found = {}
		for node in ast.walk(self.tree):
			if isinstance(node, ast.Import):
				found.update({alias.asname or alias.name: alias.name for alias in node.names})
			elif isinstance(node, ast.ImportFrom):
				found.update(
					{alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
				)
		return found

	def functions(self) -> Iterator[Function]:
		"""Yield every function and method, nested ones too."""
		return (node for node in ast.walk(self.tree) if isinstance(node, Function))

	def target(self, call: ast.Call) -> str:
		"""Return the dotted name of what is called, imports resolved; local names get this module's name."""
		name = dotted(call.func)
		first, _, rest = name.partition(".")
		if first in self.definitions:
			return f"{self.name}.{name}"
		return f"{self.imports[first]}.{rest}".rstrip(".") if first in self.imports else name


class Source:
	"""A package on disk, by default this app."""

	def __init__(self, repo: Path = REPO):
		self.repo = repo
		self.root = repo / PACKAGE
		self._texts: dict[Path, str] = {}
		self._trees: dict[Path, ast.Module] = {}

	def text(self, path: Path) -> str:
		"""Return what stands in a file, read once."""
		if path not in self._texts:
			self._texts[path] = path.read_text()
		return self._texts[path]

	def tree(self, path: Path) -> ast.Module:
		"""Return the tree of a Python file, parsed once."""
		if path not in self._trees:
			self._trees[path] = ast.parse(self.text(path), str(path))
		return self._trees[path]

	@cached_property
	def modules(self) -> dict[str, Module]:
		"""All Python files of the package by dotted name."""
		return {module.name: module for module in map(self._module, sorted(self.root.rglob("*.py")))}

	@cached_property
	def hooks(self) -> dict[str, Any]:
		"""What hooks.py says. It imports nothing, so running it is safe. Frappe skips names with an underscore too."""
		hooks = runpy.run_path(str(self.root / "hooks.py"))
		return {name: value for name, value in hooks.items() if not name.startswith("_")}

	@cached_property
	def doctypes(self) -> dict[Path, dict[str, Any]]:
		"""The app's DocTypes by the path of their JSON."""
		files = sorted(self.root.glob("*/doctype/*/*.json"))
		return {path: json.loads(self.text(path)) for path in files}

	def scripts(self, *endings: str) -> list[Path]:
		"""Return the files with these endings (such as `js`, `html`) that people wrote."""
		files = (path for ending in endings for path in self.root.rglob(f"*.{ending}"))
		return sorted(path for path in files if not {"dist", "node_modules"} & set(path.parts))

	def find(self, name: str) -> Function | ast.ClassDef | None:
		"""Return the function or class that a dotted name means, or None."""
		module, _, attribute = name.rpartition(".")
		return self.modules[module].definitions.get(attribute) if module in self.modules else None

	def whitelisted(self) -> dict[str, tuple[Module, Function]]:
		"""Return every whitelisted function and method by dotted name."""
		found = {}
		for module in self.modules.values():
			for function in module.functions():
				if whitelist_of(function) is not None:
					found[f"{module.name}.{function.name}"] = (module, function)
		return found

	def _module(self, path: Path) -> Module:
		parts = path.relative_to(self.repo).with_suffix("").parts
		name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
		return Module(name, path, self.tree(path))


def whitelist_of(function: ast.AST) -> ast.expr | None:
	"""Return the function's `frappe.whitelist` decorator, or None."""
	for decorator in getattr(function, "decorator_list", []):
		called = decorator.func if isinstance(decorator, ast.Call) else decorator
		if dotted(called).split(".")[-1] == "whitelist":
			return decorator
	return None


def dotted(node: ast.AST) -> str:
	"""Return `a.b.c` for a chain of attributes; a link that is no name becomes `?`."""
	if isinstance(node, ast.Name):
		return node.id
	return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else "?"


def body_of(function: Function) -> list[ast.stmt]:
	"""Return a function's statements without its docstring."""
	return function.body[1:] if ast.get_docstring(function) is not None else function.body


def calls_in(node: ast.AST) -> Iterator[ast.Call]:
	"""Yield every call within a node."""
	return (call for call in ast.walk(node) if isinstance(call, ast.Call))


def make_source(repo: Path, **files: str) -> Source:
	"""Write a small package for a test: file texts by path, `__` standing for a slash (`room__api_py`)."""
	for name, text in files.items():
		path = repo / PACKAGE / name.replace("__", "/").replace("_py", ".py").replace("_js", ".js")
		path.parent.mkdir(parents=True, exist_ok=True)
		path.write_text(text)
	return Source(repo)


APP = Source()
