"""Sentences: whole literals where the translation tools find them, and one for every violation of a room."""

import ast
import string

import pytest

from tests.contract.source import APP, PACKAGE, ROOMS, calls_in, dotted, make_source

TRANSLATORS = {"_", "_lt", "frappe._", "frappe._lt"}
BUILT = (ast.JoinedStr, ast.BinOp, ast.IfExp, ast.BoolOp)


def built_sentences(source):
	"""Return the calls of _() whose text is put together from pieces; names of things may be variables."""
	found = []
	for module in source.modules.values():
		for call in calls_in(module.tree):
			if dotted(call.func) in TRANSLATORS and call.args and is_built(call.args[0]):
				found.append(f"{module.name}:{call.lineno}")
	return found


def is_built(node):
	if isinstance(node, ast.Call):
		return dotted(node.func).endswith((".format", ".join", ".replace"))
	return isinstance(node, BUILT)


def messages_of(source, room):
	"""Return {code: placeholders of its sentence} from the room's MESSAGES."""
	module = source.modules.get(f"{PACKAGE}.{room}.messages")
	found = {}
	for node in ast.walk(module.tree) if module else ():
		for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
			if isinstance(key, ast.Constant) and isinstance(value, ast.Tuple):
				template = ast.literal_eval(value.elts[0].args[0])
				found[key.value] = {
					name for _text, name, _spec, _how in string.Formatter().parse(template) if name
				}
	return found


def violations_of(source, room):
	"""Yield (where, code, fact names) of each literal violation in the room; None for facts passed as `**`."""
	for name, module in source.modules.items():
		for call in calls_in(module.tree) if name.startswith(f"{PACKAGE}.{room}.") else ():
			if dotted(call.func).split(".")[-1] == "violation" and isinstance(call.args[0], ast.Constant):
				facts = {word.arg for word in call.keywords}
				yield f"{name}:{call.lineno}", call.args[0].value, None if None in facts else facts


def unspoken(source, room):
	"""Return the violations without a sentence, or whose sentence wants a fact that they do not give."""
	messages = messages_of(source, room)
	found = []
	for where, code, facts in violations_of(source, room):
		if code not in messages:
			found.append(f"{where} {code}: no sentence in messages.py")
		elif facts is not None and messages[code] - facts:
			found.append(f"{where} {code}: no fact for {sorted(messages[code] - facts)}")
	return found


def test_sentences_are_whole():
	assert built_sentences(APP) == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_violation_has_its_sentence(room):
	assert unspoken(APP, room) == []


@pytest.mark.parametrize(
	"text, wrong",
	[
		('_("Row {0}").format(1)', False),
		("_(doc.doctype)", False),
		('frappe._(f"Row {row}")', True),
		('_("Row {0}".format(1))', True),
		('_("Row " + str(1))', True),
		('_("a" if b else "c")', True),
	],
)
def test_a_built_sentence_is_noticed(tmp_path, text, wrong):
	assert bool(built_sentences(make_source(tmp_path, a_py=text))) == wrong


@pytest.mark.parametrize(
	"call, wrong",
	[
		('violation("too_little", row=1, qty=2)', False),
		('violations.violation("too_little", row=1)', False),
		('violation("too_little", **facts)', False),
		('violation("too_little", qty=2)', True),
		('violation("too_much", row=1)', True),
	],
)
def test_a_missing_sentence_is_noticed(tmp_path, call, wrong):
	messages = 'MESSAGES = {"too_little": (frappe._lt("Row {row}: too little."), TooLittleError)}'
	source = make_source(tmp_path, payment__messages_py=messages, payment__rules_py=call)
	assert bool(unspoken(source, "payment")) == wrong
