"""hooks.py imports nothing, and every string in it that names code or a file means something that exists."""

import ast
from pathlib import Path

import pytest

from tests.contract.source import APP, PACKAGE, ROOMS, body_of, make_source, whitelist_of

DOCUMENT_EVENTS = {
	"before_insert", "after_insert", "before_naming", "autoname", "before_validate", "validate", "before_save",
	"on_update", "before_submit", "on_submit", "before_cancel", "on_cancel", "before_update_after_submit",
	"on_update_after_submit", "before_change", "on_change", "on_trash", "after_delete", "before_rename", "after_rename",
	"before_discard", "on_discard", "before_print", "onload",
	"before_mapping",
}  # fmt: skip
# Hooks whose strings are not code: texts about the app, records to export, names of DocTypes and of fields.
NOT_CODE = {
	"fixtures", "required_apps", "add_to_apps_screen", "ignore_links_on_delete", "auto_cancel_exempted_doctypes",
	"global_search_doctypes", "sales_order_amounts",
}  # fmt: skip
FILES = ("doctype_js", "doctype_list_js", "doctype_tree_js", "doctype_calendar_js", "page_js")
BUNDLES = ("app_include_js", "app_include_css", "web_include_js", "web_include_css")
# These would leave no room for another app on the bench.
FORBIDDEN = {"override_doctype_class", "override_whitelisted_methods", "extend_doctype_class"}
ENDPOINTS = {"standard_queries"}
HANDLER_LINES = 10


def leaves(value):
	"""Yield every string in a nest of dicts (their values) and lists."""
	if isinstance(value, str):
		yield value
	for one in (
		value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
	):
		yield from leaves(one)


def code_names(hooks, skip=()):
	"""Yield (hook, dotted name) of every hook that names code."""
	for hook, value in hooks.items():
		if hook.startswith("app_") or hook in {*NOT_CODE, *FILES, *BUNDLES, *skip}:
			continue
		yield from ((hook, name) for name in leaves(value))


def handlers(source):
	"""Yield (dotted name, function) of the document event handlers."""
	for events in source.hooks.get("doc_events", {}).values():
		yield from ((name, source.find(name)) for name in leaves(events))


def unresolved(source):
	return [f"{hook}: {name}" for hook, name in code_names(source.hooks) if not source.find(name)]


def whitelisted_handlers(source):
	names = [name for _hook, name in code_names(source.hooks, skip=ENDPOINTS)]
	return [name for name in names if whitelist_of(source.find(name)) is not None]


def misshapen_handlers(source):
	"""Return handlers that are no `(doc, method=None)`, are too long, or live elsewhere than in events.py."""
	found = []
	for name, function in handlers(source):
		room, file = name.split(".")[1:3]
		if room in ROOMS and file != "events":
			found.append(f"{name}: a room's handlers live in its events.py")
		if [one.arg for one in function.args.args] != ["doc", "method"] or not function.args.defaults:
			found.append(f"{name}: takes (doc, method=None)")
		body = body_of(function)
		if body[-1].end_lineno - body[0].lineno + 1 > HANDLER_LINES:
			found.append(f"{name}: longer than {HANDLER_LINES} lines; load, ask, apply")
	return found


def missing_files(source):
	hooks = source.hooks
	files = [name for hook in FILES for name in leaves(hooks.get(hook, {}))]
	found = [name for name in files if not (source.root / name).is_file()]
	for name in (name for hook in BUNDLES for name in leaves(hooks.get(hook, []))):
		if not list((source.root / "public").rglob(Path(name).name)):
			found.append(name)
	return found


def test_hooks_import_nothing():
	nodes = ast.walk(APP.modules[f"{PACKAGE}.hooks"].tree)
	assert not [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]


def test_every_name_resolves():
	assert unresolved(APP) == []


def test_handlers_are_not_endpoints():
	assert whitelisted_handlers(APP) == []


def test_handlers_load_ask_apply():
	assert misshapen_handlers(APP) == []


def test_files_exist():
	assert missing_files(APP) == []


def test_events_exist_and_name_their_document():
	documents = APP.hooks.get("doc_events", {})
	assert "*" not in documents
	assert {event for events in documents.values() for event in events} <= DOCUMENT_EVENTS


def test_nothing_of_others_is_replaced():
	assert not FORBIDDEN & set(APP.hooks)


HOOKS = 'doc_events = {"Sales Order": {"validate": ["sales_order_ext.payment.events.validate"]}}\n'
EVENTS = "def validate(doc, method=None):\n\tpass\n"


@pytest.mark.parametrize(
	"check, hooks, events",
	[
		(unresolved, HOOKS.replace("events.validate", "events.validat"), EVENTS),
		(unresolved, 'before_install = "sales_order_ext.nothing"', EVENTS),
		(unresolved, 'scheduler_events = {"cron": {"* * * * *": ["frappe.x"]}}', EVENTS),
		(whitelisted_handlers, HOOKS, "@frappe.whitelist()\n" + EVENTS),
		(misshapen_handlers, HOOKS, "def validate(doc, method):\n\tpass\n"),
		(misshapen_handlers, HOOKS, EVENTS + "\tpass\n" * 10),
		(missing_files, 'doctype_js = {"Sales Order": ["public/js/none.js"]}', EVENTS),
		(missing_files, 'app_include_js = "none.bundle.js"', EVENTS),
	],
)
def test_the_rules_notice(tmp_path, check, hooks, events):
	assert check(make_source(tmp_path, hooks_py=hooks, payment__events_py=events))
	assert not check(make_source(tmp_path, hooks_py=HOOKS, payment__events_py=EVENTS))
