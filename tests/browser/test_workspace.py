"""The Sales Orders workspace: an administrator switches a capability on from its steps.

The steps stand on the page, where each is described before it leads on, or in a panel beside it.
"""

from tests.browser.conftest import SWITCHES

ONBOARDING = "Sales Order Capabilities"
STEP = ".onboarding-step, .onb-steps > div"
DONE = ".onboarding-step.complete, .onb-steps > .is_complete"


def open_workspace(desk):
	desk.page.evaluate("() => frappe.set_route('Workspaces', 'Sales Orders')")
	desk.page.locator(STEP).first.wait_for()
	desk.settle()


def test_a_step_switches_its_capability_on(desk):
	desk.set_value("System Settings", "System Settings", enable_onboarding=1)
	desk.switch(**{**dict.fromkeys(SWITCHES, 0), "enable_lifecycle_status": 1})
	desk.set_value("Module Onboarding", ONBOARDING, is_complete=0)
	desk.reload()
	open_workspace(desk)
	assert desk.page.locator(STEP).count() == len(SWITCHES)
	(done,) = desk.page.locator(DONE).all_inner_texts()
	assert "Life Cycle Status" in done
	desk.page.wait_for_timeout(1500)
	desk.picture("workspace-steps")
	desk.page.locator(STEP, has_text="Payment Status").click()
	described = desk.page.locator(".onboarding-step-body:visible").count()
	if described:
		desk.page.get_by_role("button", name="Switch On Payment Status").click()
	desk.page.wait_for_function("() => window.cur_frm && cur_frm.doctype === 'Sales Order Ext Settings'")
	desk.settle()
	desk.page.evaluate("() => cur_frm.set_value('enable_payment_status', 1).then(() => cur_frm.save())")
	desk.settle()
	if described:
		desk.confirm("Continue")
	desk.page.locator(DONE, has_text="Payment Status").wait_for()
	assert desk.value("Onboarding Step", "Switch On Payment Status", "is_complete")
