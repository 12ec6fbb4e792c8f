"""The Sales Orders workspace: an administrator switches a capability on from its steps."""

from tests.browser.conftest import SWITCHES

ONBOARDING = "Sales Order Capabilities"


def set_value(desk, doctype, name, **values):
	desk.call("frappe.client.set_value", doctype=doctype, name=name, fieldname=values)


def open_workspace(desk):
	desk.page.evaluate("() => frappe.set_route('Workspaces', 'Sales Orders')")
	desk.page.locator(".onboarding-step").first.wait_for()
	desk.settle()


def test_a_step_switches_its_capability_on(desk):
	set_value(desk, "System Settings", "System Settings", enable_onboarding=1)
	desk.switch(**{**dict.fromkeys(SWITCHES, 0), "enable_lifecycle_status": 1})
	set_value(desk, "Module Onboarding", ONBOARDING, is_complete=0)
	desk.reload()
	open_workspace(desk)
	done = desk.page.locator(".onboarding-step.complete")
	assert done.all_inner_texts() == ["Life Cycle Status"]
	desk.page.wait_for_timeout(1500)
	desk.picture("workspace-steps")
	desk.page.locator(".onboarding-step", has_text="Payment Status").click()
	desk.page.get_by_role("button", name="Open the Settings").click()
	desk.page.wait_for_function("() => window.cur_frm && cur_frm.doctype === 'Sales Order Ext Settings'")
	desk.settle()
	desk.page.evaluate("() => cur_frm.set_value('enable_payment_status', 1).then(() => cur_frm.save())")
	desk.settle()
	desk.confirm("Continue")
	desk.page.locator(".onboarding-step.complete", has_text="Payment Status").wait_for()
	assert desk.value("Onboarding Step", "Switch On Payment Status", "is_complete")
