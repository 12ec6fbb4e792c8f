"""New forms leave empty what means something empty, whatever the desk has defaults for."""

import pytest

USUAL = {
	"customer_group": "Individual",
	"territory": "Rest Of The World",
	"selling_price_list": "Standard Selling",
}
FORMS = {
	"Invoice Run": ("customer_group", "territory"),
	"Stock Earmark": ("customer_group",),
	"Sales Order Preference": ("company",),
	"Sales Order Type": ("selling_price_list",),
}


@pytest.fixture
def usual(desk):
	"""Have the defaults that Selling Settings give to everybody."""
	desk.page.evaluate("(usual) => void Object.assign(frappe.boot.user.defaults, usual)", USUAL)


def new(desk, doctype: str, **fields: str) -> dict:
	"""Return what a new form begins with."""
	desk.page.evaluate("([doctype, fields]) => void frappe.new_doc(doctype, fields)", [doctype, fields])
	desk.page.wait_for_function(
		"(doctype) => window.cur_frm?.doctype === doctype && cur_frm.is_new()", arg=doctype
	)
	desk.settle()
	return desk.document()


@pytest.mark.usefixtures("usual")
@pytest.mark.parametrize("doctype", FORMS)
def test_a_new_form_takes_no_default_where_empty_means_something(desk, doctype):
	document = new(desk, doctype)
	assert not any(document.get(field) for field in FORMS[doctype])


@pytest.mark.usefixtures("usual")
def test_what_is_asked_for_and_what_is_copied_stays(desk):
	assert new(desk, "Invoice Run", customer_group="Commercial")["customer_group"] == "Commercial"
	desk.page.evaluate("() => cur_frm.set_value('territory', 'Rest Of The World')")
	desk.settle()
	first = desk.document()["name"]
	desk.page.evaluate("() => void cur_frm.copy_doc()")
	desk.page.wait_for_function("(name) => cur_frm.doc.name !== name", arg=first)
	desk.settle()
	copied = desk.document()
	assert (copied["customer_group"], copied["territory"]) == ("Commercial", "Rest Of The World")
