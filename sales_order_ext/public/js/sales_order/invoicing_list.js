// The order list: invoice the chosen orders by their terms.
(() => {
	const settings = frappe.listview_settings["Sales Order"];
	if (!window.sales_order_ext?.on("enable_invoice_terms") || !frappe.model.can_create("Sales Invoice")) return;
	const MOST = 50;
	const native = settings.onload;
	settings.onload = (list) => {
		native?.call(settings, list);
		list.page.add_actions_menu_item(__("Create Invoices from Orders"), () => ask(list), false);
	};

	function ask(list) {
		const orders = list.get_checked_items(true);
		if (!orders.length) return;
		if (orders.length > MOST) return preview(orders);
		const fields = [
			{
				fieldname: "posting_date",
				fieldtype: "Date",
				label: __("Posting Date"),
				default: frappe.datetime.get_today(),
				reqd: 1,
				description: __("What is due on this day by each order's invoice term is invoiced."),
			},
		];
		if (frappe.model.can_submit("Sales Invoice")) {
			fields.push({ fieldname: "submit_invoices", fieldtype: "Check", label: __("Submit Invoices") });
		}
		const dialog = sales_order_ext.ask({
			title: __("Create Invoices from {0} Orders", [orders.length]),
			fields,
			label: __("Create"),
			act: (values) => create(orders, values),
			done(made) {
				show(made);
				list.refresh();
			},
		});
		if (!frappe.model.can_create("Invoice Run")) return;
		dialog.set_secondary_action_label(__("Preview"));
		dialog.set_secondary_action(() => {
			const { posting_date, submit_invoices } = dialog.get_values(true);
			dialog.hide();
			preview(orders, { posting_date, as_of: posting_date, submit_invoices });
		});
	}

	/** Show in a new Invoice Run what the orders' invoices will be; many orders are invoiced by it. */
	async function preview(orders, values = {}) {
		const { message } = await frappe.db.get_value("Sales Order", orders[0], "company");
		frappe.flags.soe_preview_run = true;
		frappe.new_doc("Invoice Run", { ...values, company: message.company, orders: orders.join("\n") });
	}

	async function create(orders, values) {
		const { message } = await frappe.call({
			method: "sales_order_ext.invoicing.api.create_from_orders",
			args: { orders, ...values },
			freeze: true,
			freeze_message: __("Creating invoices …"),
		});
		return message;
	}

	function show({ created, skipped, failed }) {
		const { escape, link } = sales_order_ext;
		const lines = [
			...created.map(
				(one) =>
					`<li>${link("Sales Invoice", one.name)}: ${escape(one.customer)},
					${format_currency(one.amount, one.currency)}</li>`
			),
			...failed.map((one) => `<li>${escape(one.orders.join(", "))}: ${escape(one.reason)}</li>`),
			...skipped.map((one) => `<li>${link("Sales Order", one.sales_order)}: ${escape(one.reason)}</li>`),
		];
		frappe.msgprint({
			title: __("Invoices Created: {0}", [created.length]),
			indicator: failed.length ? "red" : created.length ? "green" : "orange",
			message: `<ul>${lines.join("")}</ul>`,
		});
	}
})();
