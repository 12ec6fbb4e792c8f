// The calendar by required date: the replacement and not also the order it stands for, coloured by life cycle,
// each where it is switched on; else ERPNext's own.
(() => {
	const calendar = frappe.views.calendar["Sales Order"];
	if (!calendar || !window.sales_order_ext) return;
	if (sales_order_ext.on("enable_cancel_and_replace")) {
		calendar.get_events_method = "sales_order_ext.replacement.api.calendar_events";
	}
	if (!sales_order_ext.on("enable_lifecycle_status")) return;
	const colors = {
		Draft: "gray",
		Open: "blue",
		Due: "orange",
		Overdue: "red",
		"Partially Invoiced": "yellow",
		Invoiced: "green",
	};
	calendar.get_events_method = "sales_order_ext.lifecycle.api.calendar_events";
	calendar.get_css_class = (order) => colors[order.soe_lifecycle_status] || "gray";
	calendar.filters = [
		...(calendar.filters || []),
		{
			fieldtype: "Select",
			fieldname: "soe_lifecycle_status",
			options: ["", ...Object.keys(colors)].join("\n"),
			label: __("Life Cycle Status"),
		},
	];
})();
