// Copy Lines and Copy from Orders on a draft order.
(() => {
	frappe.ui.form.on("Sales Order", {
		refresh(frm) {
			if (frm.doc.docstatus !== 0 || !frm.doc.customer || !sales_order_ext.any_switch(frm.doc)) return;
			const group = __("Get Items From");
			frm.add_custom_button(__("Copy Lines"), () => copy_lines(frm), group);
			frm.add_custom_button(__("Copy from Orders"), () => copy_from_orders(frm), group);
		},
	});

	async function copy_lines(frm) {
		await saved(frm);
		sales_order_ext.choose_rows({
			title: __("Copy Lines"),
			search_label: __("Item"),
			primary_label: __("Copy"),
			fields: [
				{ fieldtype: "Column Break" },
				{
					fieldname: "price",
					fieldtype: "Select",
					label: __("Price"),
					options: [
						{ value: "new", label: __("Calculated as of Today") },
						{ value: "kept", label: __("As Last Time") },
					],
					default: "new",
					description: __("For single rows: tick Keep Price."),
				},
			],
			load: (search) =>
				frappe.xcall("sales_order_ext.order_entry.api.customer_history", {
					customer: frm.doc.customer,
					company: frm.doc.company,
					days: 730,
					search,
				}),
			key: (row) => row.sales_order_item,
			columns: [
				{ label: __("Item"), value: (row) => item_label(row) },
				{
					label: __("Last Date"),
					value: (row) => frappe.datetime.str_to_user(row.last_date),
				},
				{
					label: __("Last Price"),
					value: (row) =>
						row.last_rate === null ? "" : format_currency(row.last_rate, row.currency),
					right: true,
				},
				{
					label: __("Last Quantity"),
					value: (row) => `${quantity(row.last_qty)} ${escaped(row.uom)}`,
					right: true,
				},
				{ label: __("Times Ordered"), value: (row) => row.times_ordered, right: true },
				{ label: __("On Hand"), value: (row) => quantity(row.on_hand), right: true },
				{ label: __("Free"), value: (row) => quantity(row.free), right: true },
				{ label: __("Quantity"), input: "qty", initial: (row) => row.last_qty },
				{ label: __("Keep Price"), check: "keep_price" },
			],
			choose: (chosen, { price }) =>
				append(frm, "sales_order_ext.order_entry.api.copy_lines", {
					rows: chosen.map(({ row, values }) => ({
						sales_order_item: row.sales_order_item,
						qty: values.qty,
						keep_price: values.keep_price || price === "kept" ? 1 : 0,
					})),
				}),
		});
	}

	async function copy_from_orders(frm) {
		await saved(frm);
		sales_order_ext.choose_rows({
			title: __("Copy from Orders"),
			search_label: __("Order, Customer or Purchase Order"),
			primary_label: __("Copy"),
			page: 50,
			load: (search, start) =>
				frappe.xcall("sales_order_ext.order_entry.api.orders_to_copy", {
					filters: { company: frm.doc.company, exclude: frm.doc.name, search, start },
				}),
			key: (row) => row.name,
			columns: [
				{ label: __("Sales Order"), value: (row) => escaped(row.name) },
				{ label: __("Customer"), value: (row) => escaped(row.customer_name) },
				{
					label: __("Date"),
					value: (row) => frappe.datetime.str_to_user(row.transaction_date),
				},
				{ label: __("Status"), value: (row) => escaped(__(row.status)) },
				{ label: __("Rows"), value: (row) => row.rows, right: true },
				{
					label: __("Total"),
					value: (row) =>
						row.grand_total === null ? "" : format_currency(row.grand_total, row.currency),
					right: true,
				},
			],
			choose: (chosen) =>
				append(frm, "sales_order_ext.order_entry.api.copy_from_orders", {
					orders: chosen.map(({ row }) => row.name),
				}),
		});
	}

	async function append(frm, method, args) {
		const { rows } = await frappe.xcall(method, { sales_order: frm.doc.name, ...args });
		await frm.reload_doc();
		frappe.show_alert({ message: __("{0} rows copied", [rows.length]), indicator: "green" });
	}

	/** Rows are appended to the stored order, so what was typed is stored first. */
	async function saved(frm) {
		if (frm.is_dirty()) await frm.save();
	}

	function item_label(row) {
		const name =
			row.item_name && row.item_name !== row.item_code
				? ` <small>${escaped(row.item_name)}</small>`
				: "";
		return escaped(row.item_code) + name;
	}

	const escaped = (text) => frappe.utils.escape_html(text || "");
	// Without the zeros behind whole numbers.
	const quantity = (value) =>
		value === null ? "" : format_number(value, null, Number.isInteger(value) ? 0 : undefined);
})();
