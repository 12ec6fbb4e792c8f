"""Which Frappe and ERPNext versions are refused."""

import pytest

from sales_order_ext.setup.versions import major_of, unsupported


@pytest.mark.parametrize(
	"version, major",
	[
		("15.99.0", 15),
		("16.0.0-dev", 16),
		("v16.1", 16),
		("17", 17),
		("150.1", 150),
		("develop", None),
		("", None),
	],
)
def test_major(version, major):
	assert major_of(version) == major


def test_fifteen_and_sixteen_are_supported():
	assert unsupported({"Frappe": "15.101.1", "ERPNext": "15.99.1"}) == {}
	assert unsupported({"Frappe": "16.16.0", "ERPNext": "16.0.0-beta.2"}) == {}


def test_others_are_named():
	wrong = {"Frappe": "14.9.0", "ERPNext": "17.0.0-dev"}
	assert unsupported(wrong) == wrong
	assert unsupported({"Frappe": "16.0.0", "ERPNext": "14.2.0"}) == {"ERPNext": "14.2.0"}
