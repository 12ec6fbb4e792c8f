"""The board of orders by life cycle: a card that is dragged goes back, and the desk says why."""

import pytest

from tests.browser.desk import Desk

DAY = "2099-12-31"
COLUMN = """(name) => document.querySelector(`.kanban-card-wrapper[data-name="${name}"]`)
	?.closest(".kanban-column").dataset.columnValue"""


def drag(desk: Desk, name: str, column: str) -> None:
	"""Take a card by the mouse and let it go in another column."""
	card = desk.page.locator(f".kanban-card-wrapper[data-name='{name}']")
	card.scroll_into_view_if_needed()
	held = card.bounding_box()
	cards = desk.page.locator(f".kanban-column[data-column-value='{column}'] .kanban-cards").bounding_box()
	mouse = desk.page.mouse
	mouse.move(held["x"] + 40, held["y"] + 15)
	mouse.down()
	mouse.move(cards["x"] + 60, cards["y"] + 25, steps=20)
	mouse.up()


@pytest.mark.parametrize("submit, column, target", [(True, "Due", "Open"), (False, "Draft", "Due")])
def test_a_dragged_card_goes_back(desk, submit, column, target):
	rows = [{"item_code": "Desk Lamp", "qty": 1, "rate": 60, "delivery_date": DAY}]
	order = desk.insert("Sales Order", customer="Maple Hotel", delivery_date=DAY, items=rows)
	name = desk.submit(order)["name"] if submit else order["name"]
	desk.page.evaluate(
		"() => frappe.set_route('List', 'Sales Order', 'Kanban', 'Sales Orders by Life Cycle')"
	)
	desk.page.wait_for_function(f"([name, column]) => ({COLUMN})(name) === column", arg=[name, column])
	desk.settle()
	drag(desk, name, target)
	desk.page.locator(".msgprint", has_text=f"{name} stays {column}").wait_for()
	desk.settle()
	assert desk.page.evaluate(COLUMN, name) == column
	assert desk.value("Sales Order", name, "soe_lifecycle_status") == column
