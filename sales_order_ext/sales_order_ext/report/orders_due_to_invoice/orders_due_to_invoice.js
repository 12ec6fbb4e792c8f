// Orders Due to Invoice: tick orders and invoice them by their terms.
frappe.query_reports["Orders Due to Invoice"] = {
	formatter: sales_order_ext.cell,
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
			reqd: 1,
		},
		{
			fieldname: "as_of",
			label: __("As of"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{
			fieldname: "customer_group",
			label: __("Customer Group"),
			fieldtype: "Link",
			options: "Customer Group",
		},
		{
			fieldname: "invoice_term",
			label: __("Invoice Term"),
			fieldtype: "Select",
			options: [
				"",
				"After Delivery",
				"After Order Delivered",
				"Customer Schedule After Delivery",
				"Immediate",
			],
		},
		{ fieldname: "show_waiting", label: __("Show What Waits"), fieldtype: "Check", default: 1 },
	],

	get_datatable_options: (options) => ({ ...options, checkboxColumn: true }),

	onload(report) {
		if (!frappe.model.can_create("Sales Invoice")) return;
		report.page.add_inner_button(__("Create Invoices"), async () => {
			const ticked = report.datatable.rowmanager.getCheckedRows();
			const orders = [...new Set(ticked.map((index) => report.data[index].sales_order))];
			if (!orders.length) {
				frappe.show_alert({ message: __("Tick the orders to invoice."), indicator: "orange" });
				return;
			}
			const { message } = await frappe.call({
				method: "sales_order_ext.invoicing.api.create_from_orders",
				args: { orders, posting_date: report.get_filter_value("as_of") },
				freeze: true,
			});
			const links = message.created.map((one) => sales_order_ext.link("Sales Invoice", one.name));
			const reasons = [
				...message.failed.map((one) => `${one.orders.join(", ")}: ${one.reason}`),
				...message.skipped.map((one) => `${one.sales_order}: ${one.reason}`),
			].map(frappe.utils.escape_html);
			frappe.msgprint({
				title: __("Invoices Created: {0}", [links.length]),
				message: [links.join(", "), ...reasons].filter(Boolean).join("<br>"),
			});
			// The table would keep the ticks where they were, on rows that are other orders now.
			report.datatable.rowmanager.checkAll(false);
			report.refresh();
		});
	},
};
