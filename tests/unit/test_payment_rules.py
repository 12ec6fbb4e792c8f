"""Payment status from an order's money: shares add up, and paid means paid."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.payment.rules import (
	FULLY_PAID,
	NO_STATUS,
	NOT_PAID,
	OVERPAID,
	PARTLY_PAID,
	Advance,
	InvoiceFacts,
	OrderFacts,
	Payment,
	inherited,
	measure,
	measure_all,
	paid_shares,
	share,
	uninvoiced,
)

D = Decimal
CENTS = st.decimals("0", "10000", places=2)
AMOUNTS = st.decimals("-10000", "10000", places=2)
NAMES = st.sampled_from(["", "A", "B", "C"])
WEIGHTS = st.lists(st.tuples(NAMES, AMOUNTS), min_size=1, max_size=5)
POSITIVE_WEIGHTS = st.lists(
	st.tuples(NAMES, st.decimals("0.01", "10000", places=2)),
	min_size=1,
	max_size=4,
	unique_by=lambda weight: weight[0],
)


def order(total="100", **facts):
	return OrderFacts("A", D(total), net=facts.pop("net", D(total)), **facts)


def invoice(total="100", paid="0", rows=()):
	return InvoiceFacts("I", D(total), D(paid), tuple(rows) or (("A", D(1)),))


@given(AMOUNTS, WEIGHTS)
def test_shares_add_up(amount, weights):
	shares = share(amount, weights, 2)
	assert sum(shares.values()) == amount
	assert set(shares) == {name for name, _weight in weights}


@given(CENTS, POSITIVE_WEIGHTS)
def test_no_share_is_off_by_more_than_the_rounding_of_all(amount, weights):
	whole = sum(weight for _name, weight in weights)
	for name, weight in weights:
		assert abs(share(amount, weights, 2)[name] - amount * weight / whole) <= D("0.01") * len(weights)


def test_the_last_share_takes_the_rest():
	assert share(D(100), [("A", D(1)), ("B", D(1)), ("C", D(1))], 2) == {
		"A": D("33.33"),
		"B": D("33.33"),
		"C": D("33.34"),
	}


def test_weights_of_nothing_divide_equally():
	assert share(D(10), [("A", D(0)), ("B", D(0))], 2) == {"A": D(5), "B": D(5)}
	assert share(D(0), [], 2) == {}


@pytest.mark.parametrize(
	"facts, invoices, paid, due, percent, status",
	[
		({}, [], 0, 100, 0, NOT_PAID),
		({"advances": D(40)}, [], 40, 100, 40, PARTLY_PAID),
		({"advances": D(100)}, [], 100, 100, 100, FULLY_PAID),
		({"advances": D(130)}, [], 130, 100, 130, OVERPAID),
		({"advances": D(-20)}, [], -20, 100, 0, NOT_PAID),
		({"advances": D(40), "cancelled": True}, [], 0, 0, 0, NOT_PAID),
		({"advances": D(40), "replaced": True}, [], 0, 0, 0, NO_STATUS),
		({"invoiced_net": D(100)}, [invoice(paid="30")], 30, 100, 30, PARTLY_PAID),
		({"invoiced_net": D(25), "advances": D(20)}, [invoice("25", "10")], 30, 100, 30, PARTLY_PAID),
		# a discount or freight that only the invoice has
		({"invoiced_net": D(100)}, [invoice("90", "90")], 90, 90, 100, FULLY_PAID),
		({"invoiced_net": D(50)}, [invoice("55", "55")], 55, 105, D("52.380952"), PARTLY_PAID),
		# credit notes
		({"invoiced_net": D(100)}, [invoice(paid="50"), invoice("-25")], 50, 75, D("66.666667"), PARTLY_PAID),
		({"invoiced_net": D(100)}, [invoice(paid="100"), invoice("-25")], 100, 75, D("133.333333"), OVERPAID),
		({"invoiced_net": D(100)}, [invoice(paid="100"), invoice("-25", "-25")], 75, 75, 100, FULLY_PAID),
		({"invoiced_net": D(100)}, [invoice(), invoice("-100")], 0, 0, 100, FULLY_PAID),
		({"invoiced_net": D(100)}, [invoice(), invoice("-100", "-30")], -30, 0, 0, NOT_PAID),
		# paid and credited in full: all of it is to be refunded, until it is
		({"invoiced_net": D(100)}, [invoice(paid="100"), invoice("-100")], 100, 0, 200, OVERPAID),
		({"invoiced_net": D(100)}, [invoice(paid="40"), invoice("-100")], 40, 0, 140, OVERPAID),
		({"invoiced_net": D(100)}, [invoice(paid="100"), invoice("-100", "-100")], 0, 0, 100, FULLY_PAID),
		({"invoiced_net": D(100)}, [invoice(), invoice("-125")], 0, -25, 125, OVERPAID),
		# worth nothing
		({"total": "0"}, [], 0, 0, 100, FULLY_PAID),
		({"total": "0", "advances": D(10)}, [], 10, 0, 200, OVERPAID),
		# only freight: rows of no worth
		({"net": D(0)}, [], 0, 100, 0, NOT_PAID),
		({"net": D(0)}, [invoice(paid="100")], 100, 100, 100, FULLY_PAID),
		# another order's invoice
		({}, [invoice(paid="100", rows=[("B", D(1))])], 0, 100, 0, NOT_PAID),
	],
)
def test_measure(facts, invoices, paid, due, percent, status):
	assert measure(order(**facts), invoices, 2) == Payment(D(paid), D(due), D(percent), status)


def test_a_grouped_invoice_paid_in_part():
	orders = [OrderFacts(name, D(total), D(total), D(total)) for name, total in (("A", 100), ("B", 200))]
	grouped = invoice("300", "100", [("A", D(100)), ("B", D(200))])
	found = measure_all(orders, [grouped], {"A": 2, "B": 2})
	assert (found["A"].paid, found["B"].paid) == (D("33.33"), D("66.67"))
	assert found["A"].status == found["B"].status == PARTLY_PAID


@pytest.mark.parametrize(
	"paid, inherited, expected",
	[
		("80", {"A": 30, "B": 50}, (30, 50)),
		("150", {"A": 30, "B": 50}, (100, 50)),
		("100", {"B": 50}, (50, 50)),
		("160", {"A": 100, "B": 50}, (D("106.67"), D("53.33"))),
	],
)
def test_what_was_paid_ahead_on_an_order_stays_that_order_s(paid, inherited, expected):
	rows = (("A", D(100)), ("B", D(50)))
	grouped = InvoiceFacts(
		"I", D(150), D(paid), rows, tuple((name, D(one)) for name, one in inherited.items())
	)
	shares = paid_shares(grouped, 2)
	assert (shares["A"], shares["B"]) == expected


@given(POSITIVE_WEIGHTS, CENTS, CENTS, st.lists(st.tuples(NAMES, CENTS), max_size=3))
def test_inherited_or_not_the_shares_add_up(weights, total, paid, inherited):
	known = tuple(one for one in inherited if one[0] in dict(weights))
	assert sum(paid_shares(InvoiceFacts("I", total, paid, tuple(weights), known), 2).values()) == paid


@given(
	st.lists(st.builds(Advance, st.uuids(), NAMES, CENTS), max_size=5), st.dictionaries(NAMES, CENTS), CENTS
)
def test_no_order_s_payment_pays_for_another(advances, shares, taken):
	found = inherited(advances, shares, taken)
	for order, most in shares.items():
		assert sum(found.get(one.key, 0) for one in advances if one.order == order) <= most
	for one in advances:
		assert 0 <= found.get(one.key, 0) <= one.amount
	assert sum(found.values()) + min(taken, sum(shares.values())) <= sum(shares.values())


def test_rows_of_no_order_take_their_share():
	mixed = invoice("200", "100", [("A", D(100)), ("", D(100))])
	assert measure(order(invoiced_net=D(100)), [mixed], 2).paid == D(50)


@given(POSITIVE_WEIGHTS, CENTS, CENTS)
def test_what_is_paid_on_an_invoice_is_what_its_orders_got(weights, total, paid):
	orders = [OrderFacts(name, weight, weight, weight) for name, weight in weights]
	found = measure_all(orders, [invoice(total, paid, weights)], {order.name: 2 for order in orders})
	assert sum(payment.paid for payment in found.values()) == paid
	assert sum(payment.due for payment in found.values()) == total


@given(POSITIVE_WEIGHTS, CENTS)
def test_a_paid_invoice_pays_each_of_its_orders(weights, total):
	orders = [OrderFacts(name, weight, weight, weight) for name, weight in weights]
	found = measure_all(orders, [invoice(total, total, weights)], {order.name: 2 for order in orders})
	assert {payment.status for payment in found.values()} == {FULLY_PAID}


@given(CENTS, st.lists(CENTS, max_size=4), CENTS)
def test_paid_is_never_negative_unless_refunds_exceed(total, receipts, refunds):
	invoices = [invoice(paid, paid) for paid in receipts] + [invoice("0", -refunds)]
	found = measure(order(total), invoices, 2)
	assert found.paid == sum(receipts, D(0)) - refunds
	assert (found.paid < 0) == (refunds > sum(receipts, D(0)))
	assert found.percent >= 0


@given(CENTS, CENTS, CENTS)
def test_status_says_the_same_as_the_percentage(total, paid, credited):
	notes = [invoice(total, paid), invoice(-credited)]
	found = measure(order(total, invoiced_net=D(total)), notes, 2)
	if found.status == OVERPAID:
		assert found.percent > 100
	elif found.status == FULLY_PAID:
		assert found.percent == 100
	elif found.status == PARTLY_PAID:
		assert 0 < found.percent < 100 or total > 1000
	else:
		assert found.percent == 0


@given(CENTS, st.decimals("0", "1", places=3))
def test_the_uninvoiced_part_is_within_the_order(total, part):
	rest = uninvoiced(OrderFacts("A", total, D(1), part), invoiced=True, precision=2)
	assert 0 <= rest <= total
