"""A clerk at the desk: what the journeys do with the pages, in the words of one who uses them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, TimeoutError

# So many milliseconds a button that is there has to answer; one in the menu does not.
SOON = 3000
IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
LOADED = """([doctype, name]) => window.cur_frm && cur_frm.doctype === doctype && cur_frm.doc
	&& (!name || cur_frm.docname === name) && cur_frm.fields_dict && !cur_frm.is_refreshing"""


class Desk:
	"""The desk of one signed-in user in one browser window."""

	def __init__(self, page: Page, address: str):
		self.page = page
		self.address = address

	def sign_in(self, user: str = "Administrator", password: str = "admin") -> Desk:
		"""Sign in and wait for the desk."""
		answer = self.page.request.post(
			f"{self.address}/api/method/login", form={"usr": user, "pwd": password}
		)
		assert answer.ok, answer.text()
		self.page.goto(f"{self.address}/app")
		self.page.wait_for_function("() => window.frappe && frappe.boot && frappe.router")
		return self

	def reload(self) -> None:
		"""Load the page anew, as with F5: switches reach the desk then."""
		self.page.reload()
		self.page.wait_for_function("() => window.frappe && frappe.boot && frappe.router")
		self.settle()

	def call(self, method: str, **arguments: Any) -> Any:
		"""Call an endpoint as the user; return its message. Raises AssertionError with the server's text."""
		done = self.page.evaluate(
			"""async ([method, args]) => {
				const headers = { "Content-Type": "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token };
				const asked = { method: "POST", headers, body: JSON.stringify(args) };
				const answer = await fetch(`/api/method/${method}`, asked);
				const text = await answer.text();
				return answer.ok ? { message: JSON.parse(text).message } : { error: text };
			}""",
			[method, arguments],
		)
		assert "error" not in done, done["error"]
		return done.get("message")

	def insert(self, doctype: str, **fields: Any) -> dict[str, Any]:
		"""Insert a document; return it."""
		return self.call("frappe.client.insert", doc={"doctype": doctype, **fields})

	def submit(self, document: Mapping[str, Any]) -> dict[str, Any]:
		"""Submit an inserted document; return it."""
		return self.call("frappe.client.submit", doc=dict(document))

	def receive(self, order: Mapping[str, Any]) -> None:
		"""Receive what an order needs: other journeys have used or reserved the stock of the demo."""
		rows = [
			{
				"item_code": row["item_code"],
				"qty": row["qty"],
				"t_warehouse": row["warehouse"],
				"basic_rate": 1,
			}
			for row in order["items"]
		]
		values = {"stock_entry_type": "Material Receipt", "company": order["company"], "items": rows}
		self.submit(self.insert("Stock Entry", **values))

	def value(self, doctype: str, name: str, field: str) -> Any:
		"""Return a stored value."""
		found = self.call("frappe.client.get_value", doctype=doctype, filters=name, fieldname=field)
		return (found or {}).get(field)

	def set_value(self, doctype: str, name: str, **values: Any) -> None:
		"""Store values of a document."""
		self.call("frappe.client.set_value", doctype=doctype, name=name, fieldname=values)

	def switch(self, **values: int | str) -> None:
		"""Set switches and values in the settings, and load the page anew."""
		settings = self.call("frappe.client.get", doctype="Sales Order Ext Settings")
		self.call("frappe.client.save", doc={**settings, **values})
		self.reload()

	def end_onboardings(self) -> None:
		"""End the onboardings: the panel that some desks show them in lies over dialogs and their buttons."""
		asked = {"doctype": "Module Onboarding", "filters": {"is_complete": 0}, "limit_page_length": 0}
		for onboarding in self.call("frappe.client.get_list", **asked):
			self.set_value("Module Onboarding", onboarding["name"], is_complete=1)

	def open(self, doctype: str, name: str | None = None) -> None:
		"""Open a form, or a list where no name is given, and wait until it is ready."""
		route = ["Form", doctype, name] if name else ["List", doctype]
		self.page.evaluate("(route) => frappe.set_route(...route)", route)
		if name:
			self.page.wait_for_function(LOADED, arg=[doctype, name])
		else:
			self.page.wait_for_function(
				"(doctype) => window.cur_list && cur_list.doctype === doctype", arg=doctype
			)
		self.settle()

	def settle(self) -> None:
		"""Wait until no request is under way and nothing freezes the page."""
		self.page.evaluate(
			"""() => new Promise((done, fail) => {
				let quiet = 0;
				const end = Date.now() + 60_000;
				const look = () => {
					const busy = frappe.request.ajax_count || document.querySelector("#freeze.in");
					quiet = busy ? 0 : quiet + 1;
					if (quiet > 4) return done();
					if (Date.now() > end) return fail(new Error(`${frappe.request.ajax_count} requests are under way`));
					setTimeout(look, 100);
				};
				look();
			})"""
		)

	def press_button(self, label: str, group: str | None = None) -> None:
		"""Press one of the form's own buttons, in its menu where it has one; the head may have no room for others."""
		head = self.page.locator(".page-container:visible .page-head")
		if group:
			head.get_by_role("button", name=group).first.click()
			head.locator(".dropdown-menu.show").get_by_text(label, exact=True).first.click()
			return
		button = head.get_by_role("button", name=label)
		item = head.locator("li:not(.hidden-xl)").get_by_text(label, exact=True)
		button.or_(item).first.wait_for(state="attached")
		try:
			button.first.click(timeout=SOON)
		except TimeoutError:
			head.locator(".menu-btn-group button").first.click()
			item.first.click()

	def buttons(self) -> list[str]:
		"""Return the labels of the form's buttons, those inside menus too."""
		return self.page.evaluate(
			"""() => [...cur_frm.page.wrapper[0].querySelectorAll('.page-actions button, .page-actions .dropdown-item')]
			.map((one) => one.textContent.trim()).filter(Boolean)"""
		)

	def dialog(self) -> Locator:
		"""Return the dialog on top."""
		return self.page.locator(".modal.show .modal-dialog").last

	def confirm(self, label: str) -> None:
		"""Press a button of the dialog on top and wait until the server has answered."""
		self.dialog().get_by_role("button", name=label).first.click()
		self.settle()

	def enter(self, field: Locator, value: str) -> None:
		"""Type into a field of the dialog on top and leave it by the keyboard; a link field first says what it found."""
		self.page.wait_for_function("() => window.cur_dialog?.display")
		field.fill(value)
		if field.get_attribute("data-fieldtype") == "Link":
			self.page.get_by_role("option", name=value, selected=True).first.wait_for()
		field.press("Tab")

	def close(self) -> None:
		"""Close the dialog on top by the keyboard, once it has opened: while it fades in it hears nothing.

		With the cursor in it, a dialog that has link fields may keep Escape for their suggestions.
		"""
		self.page.wait_for_function("() => window.cur_dialog?.display")
		shown = self.page.locator(".modal.show").count()
		self.page.evaluate("() => document.activeElement?.blur()")
		self.page.keyboard.press("Escape")
		self.page.wait_for_function(
			"(shown) => document.querySelectorAll('.modal.show').length < shown", arg=shown
		)

	def document(self) -> dict[str, Any]:
		"""Return the document of the open form, as the desk has it."""
		return self.page.evaluate("() => JSON.parse(JSON.stringify(cur_frm.doc))")

	def picture(self, name: str) -> None:
		"""Keep a picture for the docs, where SOE_PICTURES asks for new ones."""
		if os.environ.get("SOE_PICTURES"):
			self.page.evaluate(
				"() => document.querySelectorAll('.alert, .desk-alert').forEach((e) => e.remove())"
			)
			self.page.wait_for_timeout(400)
			self.page.screenshot(path=IMAGES / f"{name}.png")
