"""Custom fields: ours by name and module, out of the way while their switch is off, and anchored to stay."""

import json
from collections import Counter

import pytest

from tests.contract.source import APP, MODULE

FIELDS = json.loads((APP.root / "fixtures" / "custom_field.json").read_text())
LAYOUT = {"Section Break", "Column Break", "Tab Break", "HTML", "Button", "Heading", "Fold"}
# Meant for prints; empty, as they are while their switch is off, prints leave them out.
PRINTED = {"Sales Invoice Item-soe_order_heading", "Sales Invoice Item-soe_delivery_notes"}
# Version 16 dropped these from the sales documents: a field placed after one of them loses its place.
DROPPED = {"title", "source", "campaign", "totals", "section_break_48"}


def problems(fields):
	"""Return what is wrong with a list of Custom Field records."""
	by_place = {(field["dt"], field["fieldname"]): field for field in fields}
	found = [] if len(by_place) == len(fields) else ["a field is there twice"]
	anchors = Counter((field["dt"], field["insert_after"]) for field in fields)
	found += [
		f"{anchor}: their order changes with a migrate" for anchor, count in anchors.items() if count > 1
	]
	for field in fields:
		found += [f"{field['name']}: {complaint}" for complaint in complaints(field, by_place)]
	return found


def complaints(field, by_place):
	if field.get("module") != MODULE:
		yield f"module is not {MODULE}"
	if not field["fieldname"].startswith("soe_"):
		yield "fieldname does not start with soe_"
	if field["name"] != f"{field['dt']}-{field['fieldname']}":
		yield "name is not <dt>-<fieldname>"
	if not field.get("insert_after") or field["insert_after"] in DROPPED:
		yield "insert_after is missing or a field that version 16 dropped"
	if field["fieldtype"] not in LAYOUT and not field.get("print_hide") and field["name"] not in PRINTED:
		yield "print_hide is not set"
	if field["fieldtype"] != "Column Break" and not field.get("label"):
		yield "no label"
	if not field.get("hidden") and not is_behind_a_switch(field, by_place):
		yield "neither it nor a section of ours around it has depends_on"


def is_behind_a_switch(field, by_place):
	"""Return whether the field, or our section or tab that it stands in, is shown on a condition."""
	if field.get("depends_on"):
		return True
	before = by_place.get((field["dt"], field["insert_after"]))
	while before:
		if before["fieldtype"] in ("Section Break", "Tab Break") and before.get("depends_on"):
			return True
		before = by_place.get((before["dt"], before["insert_after"]))
	return False


def fixture_problems(hooks):
	"""Return the exported fixtures that are not filtered to our own records."""
	own = ["module", "=", MODULE]
	return [one for one in hooks.get("fixtures", []) if own not in one.get("filters", [])]


def test_custom_fields():
	assert problems(FIELDS) == []


def test_fields_of_one_document_stand_together():
	documents = [field["dt"] for field in FIELDS]
	assert [one for one, before in zip(documents[1:], documents, strict=False) if one != before] == list(
		dict.fromkeys(documents)
	)[1:]


def test_fixtures_are_our_own_records():
	assert fixture_problems(APP.hooks) == []
	assert {path.stem for path in (APP.root / "fixtures").glob("*.json")} <= {
		"custom_field",
		"property_setter",
	}


GOOD = {
	"name": "Sales Order-soe_a", "dt": "Sales Order", "fieldname": "soe_a", "fieldtype": "Data", "label": "A",
	"insert_after": "order_type", "module": MODULE, "print_hide": 1, "depends_on": "eval:1",
}  # fmt: skip


@pytest.mark.parametrize(
	"change",
	[
		{"module": "Selling"},
		{"fieldname": "a", "name": "Sales Order-a"},
		{"name": "soe_a"},
		{"insert_after": "title"},
		{"insert_after": None},
		{"print_hide": 0},
		{"label": None},
		{"depends_on": None},
	],
)
def test_the_rules_notice(change):
	assert problems([GOOD]) == []
	assert len(problems([GOOD | change])) == 1


def test_a_section_of_ours_shields_its_fields():
	section = GOOD | {"name": "Sales Order-soe_s", "fieldname": "soe_s", "fieldtype": "Section Break"}
	inner = GOOD | {"insert_after": "soe_s", "depends_on": None}
	assert problems([section, inner]) == []
	assert len(problems([section | {"depends_on": None}, inner])) == 2


def test_each_field_stands_after_one_of_its_own():
	other = GOOD | {"name": "Sales Order-soe_b", "fieldname": "soe_b"}
	assert problems([GOOD, other | {"insert_after": "soe_a"}]) == []
	assert len(problems([GOOD, other])) == 1
	assert problems([GOOD, other | {"name": "Customer-soe_b", "dt": "Customer"}]) == []
