// A project or ticket: an order over what it used and nobody billed so far.
(() => {
	frappe.ui.form.on("Project", {
		refresh: (frm) => show(frm, () => ask_day((up_to) => from_project(frm, up_to))),
	});
	frappe.ui.form.on("Issue", { refresh: (frm) => show(frm, () => from_issue(frm)) });

	function show(frm, act) {
		if (frm.is_new() || !frm.doc.customer || !sales_order_ext.any_switch(frm.doc)) return;
		if (!frappe.model.can_create("Sales Order")) return;
		frm.add_custom_button(__("Order over What Was Used"), act, __("Create"));
	}

	function ask_day(act) {
		const today = frappe.datetime.get_today();
		sales_order_ext.ask({
			title: __("Order over What Was Used"),
			fields: [
				{
					fieldname: "up_to",
					fieldtype: "Date",
					label: __("Up To"),
					reqd: 1,
					default: today,
					description: __(
						"Billable hours, materials and expenses until this day that no order bills."
					),
				},
			],
			label: __("Create"),
			act: ({ up_to }) => act(up_to),
			done: go_to,
		});
	}

	function from_project(frm, up_to) {
		const args = { project: frm.doc.name, up_to };
		return frappe.xcall("sales_order_ext.order_entry.api.make_order_from_project", args);
	}

	async function from_issue(frm) {
		const args = { issue: frm.doc.name };
		go_to(await frappe.xcall("sales_order_ext.order_entry.api.make_order_from_issue", args));
	}

	const go_to = ({ sales_order }) => frappe.set_route("Form", "Sales Order", sales_order);
})();
