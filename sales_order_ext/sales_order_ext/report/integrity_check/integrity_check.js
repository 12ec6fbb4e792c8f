// Integrity Check: a company to look at, and a button that stores anew what differs.
frappe.query_reports["Integrity Check"] = {
	formatter: sales_order_ext.cell,
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
		},
	],
	onload(report) {
		if (!frappe.user.has_role("System Manager")) return;
		report.page.add_inner_button(__("Repair"), async () => {
			const { repaired, left } = await frappe.xcall("sales_order_ext.integrity.repair_now", {
				company: report.get_filter_value("company") || null,
			});
			frappe.show_alert({
				message: __("{0} values stored anew, {1} left", [repaired, left]),
				indicator: left ? "orange" : "green",
			});
			report.refresh();
		});
	},
};
