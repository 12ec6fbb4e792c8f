"""What people typed is escaped where the desk or a print shows it as HTML."""

import re

import pytest

from tests.contract.source import APP, make_source

BUNDLE = "sales_order_ext.bundle.js"
# Frappe's own link and the language's bold take a name as HTML; ours do not. What an HTML field has as options
# Frappe runs as a template.
RAW = re.compile(
	r"fieldtype: \"HTML\",\s*options\b|get_form_link\([^)]*,\s*(?:true|1)\b|\.bold\(\)|\.innerHTML\b|\.html\(\s*(?:frm|cur_frm)?\.?doc\."
)
CELLS = "formatter: sales_order_ext.cell"
SHOWN = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
# Numbers, dates and what a macro of the same file shows; a letter head is HTML that an admin wrote.
SAFE = re.compile(
	r"\|\s*(?:e|soe_clean)\b|\bget_formatted\(|\bfrappe\.(?:format|utils\.fmt_money)\("
	r"|^(?:money|number|signed|add_header)\(|^(?:label|value|columns - 1|letter_head|row\.idx)$|^_\(row\.change\)$"
)


def raw_html(source):
	"""Return where scripts show a name or value as HTML, and reports that show their cells so."""
	paths = [path for path in source.scripts("js") if path.name != BUNDLE]
	found = [f"{path.name}: {match[0]}" for path in paths for match in RAW.finditer(source.text(path))]
	reports = [path for path in paths if "frappe.query_reports[" in source.text(path)]
	return found + [f"{path.name}: no {CELLS}" for path in reports if CELLS not in source.text(path)]


def raw_output(source):
	"""Return what templates show of documents as it is; sentences without one are the translators'."""
	return [
		f"{path.name}: {shown}"
		for path in source.scripts("html")
		for shown in (match[1].strip() for match in SHOWN.finditer(source.text(path)))
		if not (SAFE.search(shown) or re.fullmatch(r'_\("[^"]*"(, context="[^"]*")?\)', shown))
	]


def test_scripts_escape():
	assert raw_html(APP) == []


def test_templates_escape():
	assert len([path for path in APP.scripts("html") if SHOWN.search(APP.text(path))]) > 3
	assert raw_output(APP) == []


@pytest.mark.parametrize(
	"script, wrong",
	[
		('frappe.utils.get_form_link("Sales Order", row.name, true)', True),
		("frappe.utils.get_form_link(doctype, name, 1)", True),
		('frappe.utils.get_form_link("Sales Order", name)', False),
		('sales_order_ext.link("Sales Order", name)', False),
		('__("Replaces {0}", [name.bold()])', True),
		("wrapper.innerHTML = text", True),
		('{ fieldname: "about", fieldtype: "HTML", options: text }', True),
		('{ fieldname: "about", fieldtype: "HTML" }', False),
		("wrapper.html(doc.customer_name)", True),
		('frappe.query_reports["A"] = {};', True),
		('frappe.query_reports["A"] = { formatter: sales_order_ext.cell };', False),
	],
)
def test_raw_html_is_noticed(tmp_path, script, wrong):
	assert bool(raw_html(make_source(tmp_path, public__a_js=script))) == wrong


@pytest.mark.parametrize(
	"shown, wrong",
	[
		("doc.customer_name", True),
		("doc.customer_name | e", False),
		('doc.terms or ""', True),
		("doc.terms | soe_clean", False),
		('_("Order {0}").format(doc.name)', True),
		('_("Order {0}").format(doc.name) | e', False),
		('_("Order")', False),
		('doc.get_formatted("net_total")', False),
	],
)
def test_raw_output_is_noticed(tmp_path, shown, wrong):
	source = make_source(tmp_path, **{"templates__a.html": "<p>{{ %s }}</p>" % shown})
	assert bool(raw_output(source)) == wrong
