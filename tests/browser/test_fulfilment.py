"""The Fulfilment tab, as a clerk uses it."""


def booked(desk):
	order = desk.insert(
		"Sales Order",
		customer="Maple Hotel",
		delivery_date="2099-12-31",
		items=[
			{"item_code": item, "qty": qty, "rate": 60, "delivery_date": "2099-12-31"}
			for item, qty in (("Desk Lamp", 1), ("Oak Chair", 2))
		],
	)
	return order["name"]


def open_tab(desk, name):
	desk.open("Sales Order", name)
	desk.page.get_by_role("tab", name="Fulfilment").click()
	desk.page.locator(".soe-entries").wait_for(state="attached")
	desk.settle()


def test_rows_are_approved_and_a_note_is_written(desk):
	desk.switch(row_approval_role="Sales Manager")
	name = booked(desk)
	open_tab(desk, name)
	desk.page.locator(".soe-all").check()
	desk.page.get_by_role("button", name="Approve Rows").click()
	desk.settle()
	desk.page.locator(".soe-entries").wait_for(state="attached")
	assert {row["soe_approved_by"] for row in desk.document()["items"]} == {"Administrator"}
	desk.page.get_by_placeholder("Write a note about this order").fill("The hotel opens in May.")
	desk.page.get_by_role("button", name="Add Note").click()
	desk.page.locator(".soe-entries").get_by_text("The hotel opens in May.").wait_for()
	desk.picture("fulfilment")
	desk.switch(row_approval_role="")


def test_another_order_shows_its_own_rows(desk):
	first, second = booked(desk), booked(desk)
	open_tab(desk, first)
	open_tab(desk, second)
	shown = desk.page.locator("[data-fieldname=soe_fulfilment]").inner_text()
	assert second in shown and first not in shown


def test_a_draft_is_submitted_from_why_once(desk):
	name = booked(desk)
	open_tab(desk, name)
	for _again in range(2):
		desk.page.evaluate("() => cur_frm.reload_doc()")
		desk.settle()
	desk.page.locator(".soe-entries").wait_for(state="attached")
	desk.page.locator(".soe-why").first.click()
	desk.page.locator(".soe-mend", has_text="Submit").first.click()
	desk.confirm("Yes")
	desk.page.wait_for_function("() => cur_frm.doc.docstatus === 1")
	desk.settle()
	assert not desk.page.locator(".modal.show").count()


def test_why_tells_what_a_row_lacks_and_mends_it(desk):
	rows = [{"item_code": "Oak Chair", "qty": 1, "rate": 60, "delivery_date": "2099-12-31"}]
	draft = desk.insert("Sales Order", customer="Quay Offices", delivery_date="2099-12-31", items=rows)
	order = desk.submit(draft)
	desk.receive(order)
	desk.call("sales_order_ext.allocation.api.unreserve", sales_order=order["name"])
	open_tab(desk, order["name"])
	desk.page.locator(".soe-why").first.click()
	answers = desk.page.locator(".soe-answers").first
	answers.get_by_text("Not Reserved", exact=False).wait_for()
	desk.picture("fulfilment-why")
	assert {"Not Reserved", "Not Delivered", "Not Invoiced"} <= {
		line.split(":")[0] for line in answers.inner_text().splitlines()
	}
	answers.locator(".soe-mend", has_text="Reserve").first.click()
	desk.page.wait_for_function("() => cur_frm.doc.soe_reservation_status === 'Fully Reserved'")
	open_tab(desk, order["name"])
	desk.page.locator(".soe-why").first.click()
	answers.get_by_text("Not Delivered", exact=False).wait_for()
	assert "Not Reserved" not in answers.inner_text()
