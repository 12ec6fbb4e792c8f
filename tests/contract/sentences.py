"""Every sentence and name of the app that a user reads, found in its files without Frappe."""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.contract.source import Source, calls_in, dotted

TRANSLATORS = {"_", "_lt", "frappe._", "frappe._lt"}
# Names kept in constants and translated where they are shown: {module: constants}.
NAMES = {
	"fulfilment.rules": ("STAGES",),
	"fulfilment.reasons": ("BUTTONS", "RESERVED", "DELIVERED", "INVOICED"),
	"order_entry.expenses": ("LABEL", "SAYS"),
	"order_entry.lines": ("NAMES",),
	"order_entry.billing": ("LABOUR", "MATERIAL", "EXPENSE"),
	"order_type.rules": ("SEEDS",),
	"order_entry.return_rules": ("CREDIT_REASONS",),
	"setup.views": ("BOARD",),
}
CALL = re.compile(r"""\b_{1,2}\(\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.)*`)""")
# A word that is said in a certain sense, which a language may need: __("Left", null, "Quantity").
SENSE = re.compile(r"""_\(\s*"([^"]+)",\s*(?:null,\s*|context=)"([^"]+)"\)""")
# What of a record of the desk is shown: {folder: fields, where a dot leads into rows}.
SHOWN = {
	"report": ("name", "columns.label", "filters.label"),
	"print_format": ("name",),
	"number_card": ("label",),
	"dashboard_chart": ("chart_name",),
	"module_onboarding": ("name", "title", "subtitle", "success_message"),
	"onboarding_step": ("title", "action_label", "description"),
	"workspace": ("title", "links.label", "shortcuts.label"),
	"workspace_sidebar": ("title", "items.label"),
	"desktop_icon": ("label",),
}
# No word of a language: figures, brackets, and names of settings (the desk shows their labels).
NO_WORD = re.compile(r"[^A-Za-z]*|[a-z]+(_[a-z]+)+")


def sentences(source: Source) -> dict[str, str]:
	"""Return {sentence: where it stands first} of everything that can be translated."""
	found: dict[str, str] = {}
	for text, where in [*_of_python(source), *_of_scripts(source), *_of_fields(source), *_of_desk(source)]:
		if text and not NO_WORD.fullmatch(text):
			found.setdefault(text, where)
	return found


def senses(source: Source) -> set[tuple[str, str]]:
	"""Return (word, sense): what code says in a sense, and labels and options in that of their DocType."""
	texts = [source.text(path) for path in source.scripts("py", "js", "html")]
	return {(text, where.partition(".")[0]) for text, where in _of_fields(source)} | {
		found for text in texts for found in SENSE.findall(text)
	}


def placeholders(text: str) -> list[str]:
	"""Return what is filled in (`{0}`, `{row}`) and the tags of a sentence, sorted."""
	return sorted([*re.findall(r"\{\w*\}", text), *re.findall(r"</?\w+", text)])


def _of_python(source: Source) -> Iterator[tuple[str, str]]:
	for name, module in source.modules.items():
		for call in calls_in(module.tree):
			if dotted(call.func) in TRANSLATORS and call.args and isinstance(call.args[0], ast.Constant):
				yield call.args[0].value, f"{name}:{call.lineno}"
	for name, constants in NAMES.items():
		module = source.modules.get(f"{source.root.name}.{name}")
		named = _constants(module.tree) if module else {}
		for node in module.tree.body if module else ():
			targets = getattr(node, "targets", [getattr(node, "target", None)])
			if any(isinstance(one, ast.Name) and one.id in constants for one in targets if one):
				yield from ((text, f"{name}:{node.lineno}") for text in _names_in(node.value, named))
			elif isinstance(node, ast.Assign) and isinstance(targets[0], ast.Tuple):
				for one, value in zip(targets[0].elts, getattr(node.value, "elts", ()), strict=False):
					if one.id in constants:
						yield from ((text, f"{name}:{node.lineno}") for text in _names_in(value, named))


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
	"""Return what the names of a module stand for: constants are made of constants."""
	return {
		target.id: node.value
		for node in tree.body
		if isinstance(node, ast.Assign)
		for target in node.targets
		if isinstance(target, ast.Name)
	}


def _names_in(node: ast.AST, named: dict[str, ast.expr]) -> Iterator[str]:
	"""Yield the texts of a constant that begin with a capital: codes and fields are written small."""
	for one in ast.walk(node):
		if isinstance(one, ast.Name) and one.id in named:
			yield from _names_in(named[one.id], named)
		if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value[:1].isupper():
			yield one.value


def _of_scripts(source: Source) -> Iterator[tuple[str, str]]:
	for path in source.scripts("js", "html"):
		for match in CALL.finditer(source.text(path)):
			literal = match.group(1)
			text = re.sub(r"\\(.)", r"\1", literal[1:-1])
			yield text, str(path.relative_to(source.root))


def _of_fields(source: Source) -> Iterator[tuple[str, str]]:
	fields = [(doctype["name"], field) for doctype in source.doctypes.values() for field in doctype["fields"]]
	for path in sorted(source.root.glob("fixtures/custom_field.json")):
		fields += [(field["dt"], field) for field in json.loads(source.text(path))]
	for doctype in source.doctypes.values():
		yield doctype["name"], doctype["name"]
		yield doctype.get("description") or "", doctype["name"]
	for doctype, field in fields:
		where = f"{doctype}.{field.get('fieldname')}"
		yield field.get("label") or "", where
		yield field.get("description") or "", where
		if field.get("fieldtype") == "Select":
			yield from ((option, where) for option in (field.get("options") or "").split("\n"))


def _of_desk(source: Source) -> Iterator[tuple[str, str]]:
	for folder, fields in SHOWN.items():
		for path in sorted(source.root.glob(f"**/{folder}/**/*.json")):
			record = json.loads(source.text(path))
			where = str(path.relative_to(source.root))
			for field in fields:
				yield from ((text, where) for text in _values(record, field))
			yield from ((text, where) for text in _headers(record, path))


def _values(record: dict, field: str) -> list[str]:
	table, _dot, column = field.rpartition(".")
	rows = record.get(table) or [] if table else [record]
	return [row.get(column) or "" for row in rows]


def _headers(record: dict, path: Path) -> Iterator[str]:
	"""Yield the headings in a workspace's content."""
	if path.parts[-3] == "workspace":
		for block in json.loads(record["content"]):
			if block["type"] == "header":
				yield html.unescape(re.sub(r"<[^>]+>", "", block["data"]["text"]))
