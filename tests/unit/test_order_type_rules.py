"""Order types: what each kind of order allows."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.order_type.rules import (
	BACK_TO_BACK,
	DOORS,
	DROP_SHIPMENT,
	FROM_STOCK,
	SEEDS,
	UNTYPED,
	OrderState,
	OrderType,
	Purchase,
	SourceRow,
	activation_violation,
	batch_allowed,
	change_violations,
	default_type,
	document_kind,
	explanation,
	needed,
	presets_for,
	prints_at,
	process_violations,
	processing_violation,
	purchases,
	source_of,
	source_violations,
	type_violation,
)

KINDS = {one.name: one for one in SEEDS}
INVOICE, RESERVE, FORWARD, ACTIVE = (
	KINDS[f"{one} Order"] for one in ("Invoice", "Reserve", "Forward", "Active")
)


def codes(violations):
	return [one.code for one in violations]


def test_the_seeded_kinds():
	assert len(KINDS) == 10
	assert [one.allocates for one in (INVOICE, RESERVE, FORWARD, ACTIVE)] == [True, True, False, True]
	assert [one.blocked for one in (INVOICE, RESERVE, FORWARD, ACTIVE)] == [False, True, True, False]
	assert [one.name for one in SEEDS if one.waits] == ["Forward Order"]
	assert [one.name for one in SEEDS if one.back_orders_on_submit] == ["Active Order"]
	assert [one.name for one in SEEDS if one.never_back_orders] == ["Reserve Order", "Forward Order"]
	assert sum(one.back_orders_on_processing for one in SEEDS) == 7


def test_an_untyped_order_behaves_as_an_invoice_order():
	assert (UNTYPED.allocates, UNTYPED.processing, UNTYPED.back_order_moment) == (
		INVOICE.allocates,
		INVOICE.processing,
		INVOICE.back_order_moment,
	)


@pytest.mark.parametrize("door", DOORS)
def test_blocked_orders_are_refused_at_every_door(door):
	for kind in (RESERVE, FORWARD):
		refused = processing_violation("SO-1", kind, door)
		assert refused.code == "processing_blocked"
		assert refused.facts == {"order": "SO-1", "type": kind.name, "door": door}
	assert processing_violation("SO-1", INVOICE, door, batch=True) is None
	assert processing_violation("SO-1", ACTIVE, door) is None
	assert processing_violation("SO-1", ACTIVE, door, batch=True).code == "from_order_only"


def test_batches_take_only_what_is_allowed_from_anywhere():
	assert [batch_allowed(one) for one in (INVOICE, RESERVE, FORWARD, ACTIVE)] == [True, False, False, False]


def test_the_first_enabled_type_is_the_default():
	disabled = OrderType("Old", enabled=False)
	assert default_type([None, disabled, ACTIVE, INVOICE]) == "Active Order"
	assert default_type([None, disabled]) is None
	assert type_violation(disabled).code == "type_disabled"
	assert type_violation(ACTIVE) is None


def test_presets_fill_in_only_what_is_empty():
	kind = OrderType("X", presets={"set_warehouse": "W", "payment_terms_template": "T", "naming_series": ""})
	assert presets_for(kind, {}) == {"set_warehouse": "W", "payment_terms_template": "T"}
	assert presets_for(kind, {"set_warehouse": "Own"}) == {"payment_terms_template": "T"}


def test_only_an_open_booked_order_changes_its_type():
	assert change_violations(OrderState("SO-1", FORWARD), ACTIVE) == []
	assert codes(change_violations(OrderState("SO-1", FORWARD), FORWARD)) == ["same_type"]
	assert codes(change_violations(OrderState("SO-1", FORWARD, closed=True), ACTIVE)) == ["order_closed"]
	found = change_violations(OrderState("SO-1", FORWARD, submitted=False), OrderType("Old", enabled=False))
	assert codes(found) == ["type_disabled", "not_booked"]


def test_only_an_open_booked_order_that_is_not_blocked_is_processed():
	assert process_violations(OrderState("SO-1", ACTIVE)) == []
	assert codes(process_violations(OrderState("SO-1", RESERVE))) == ["processing_blocked"]
	assert codes(process_violations(OrderState("SO-1", INVOICE, submitted=False))) == ["not_booked"]
	assert codes(process_violations(OrderState("SO-1", INVOICE, closed=True))) == ["order_closed"]


@pytest.mark.parametrize("kind", [RESERVE, FORWARD])
def test_a_batch_activates_what_waits(kind):
	assert activation_violation(OrderState("SO-1", kind)) is None
	assert activation_violation(OrderState("SO-1", INVOICE, submitted=False)) is None
	assert activation_violation(OrderState("SO-1", INVOICE)).code == "not_waiting"


def test_every_type_is_explained_in_its_own_way():
	told = {one.name: explanation(one) for one in SEEDS}
	assert len({tuple(codes_) for codes_ in told.values()}) == len(SEEDS)
	assert told["Forward Order"] == ["reserves_nothing", "blocked", "waits"]
	assert told["Drop Shipment Order"][-1] == "Drop Shipment"
	assert "back_orders_never" in explanation(OrderType("Own", back_order_moment="Never"))


def test_the_document_kind_is_the_orders_own_then_its_types():
	assert document_kind("", KINDS["POS Order"]) == "POS"
	assert document_kind("Standard", KINDS["POS Order"]) == "Standard"
	assert document_kind("Warehouse", INVOICE) == "Warehouse"
	assert document_kind("POS", RESERVE) == "Standard"


def test_a_rows_own_source_comes_first_and_services_are_never_bought_by_type():
	bought = KINDS["Back-to-Back Order"]
	assert source_of("", bought, is_goods=True) == BACK_TO_BACK
	assert source_of("", bought, is_goods=False) == FROM_STOCK
	assert source_of(DROP_SHIPMENT, bought, is_goods=False) == DROP_SHIPMENT
	assert source_of(None, INVOICE, is_goods=True) == FROM_STOCK


def source_row(row, source, supplier, qty):
	return SourceRow(row, 1, f"ITEM-{row}", source, supplier, Decimal(qty))


def test_purchases_are_one_for_each_source_and_supplier():
	rows = [
		source_row("a", BACK_TO_BACK, "Cedar", 2),
		source_row("b", BACK_TO_BACK, "", 3),
		source_row("c", DROP_SHIPMENT, "Cedar", 4),
		source_row("d", BACK_TO_BACK, "Cedar", 5),
		source_row("e", BACK_TO_BACK, "Cedar", 0),
		source_row("f", FROM_STOCK, "Cedar", 7),
	]
	assert purchases(rows) == [
		Purchase(BACK_TO_BACK, "Cedar", {"a": Decimal(2), "d": Decimal(5)}),
		Purchase(BACK_TO_BACK, "", {"b": Decimal(3)}),
		Purchase(DROP_SHIPMENT, "Cedar", {"c": Decimal(4)}),
	]
	assert [one.drop_ship for one in purchases(rows)] == [False, False, True]


def test_who_ships_to_the_customer_must_be_named():
	rows = [source_row("a", DROP_SHIPMENT, "", 1), source_row("b", DROP_SHIPMENT, "", 0)]
	rows += [source_row("c", DROP_SHIPMENT, "Cedar", 1), source_row("d", BACK_TO_BACK, "", 1)]
	assert [(one.code, one.facts["item"]) for one in source_violations(rows)] == [("no_supplier", "ITEM-a")]


QTY = st.integers(0, 50).map(Decimal)


@given(st.sampled_from([FROM_STOCK, BACK_TO_BACK, DROP_SHIPMENT]), QTY, QTY, QTY)
def test_never_more_is_bought_than_is_owed(source, owed, short, on_order):
	qty = needed(source, owed, short, on_order)
	assert 0 <= qty <= owed
	assert qty == 0 or qty + on_order == (owed if source == DROP_SHIPMENT else min(short, owed))
	assert source != FROM_STOCK or qty == 0


@pytest.mark.parametrize(
	"of_type, preferred, draft, booked",
	[
		("", None, False, False),
		("", "On Save", True, True),
		("", "On Submit", False, True),
		("Never", "On Save", False, False),
		("On Save", "Never", True, True),
	],
)
def test_when_an_order_is_printed(of_type, preferred, draft, booked):
	order_type = OrderType("Own", print_on_save=of_type)
	assert prints_at(order_type, preferred, submitted=False) == draft
	assert prints_at(order_type, preferred, submitted=True) == booked
