// Create Lines From: rows of the customer's orders and deliveries, as their invoice terms propose.
(() => {
	frappe.ui.form.on("Sales Invoice", {
		refresh(frm) {
			const is_open = frm.doc.docstatus === 0 && !frm.doc.is_return && frm.perm[0].write;
			if (!is_open || !sales_order_ext.on("enable_invoice_terms", frm.doc)) return;
			frm.add_custom_button(
				__("Sales Orders by Invoice Term"),
				() => choose(frm),
				__("Create Lines From")
			);
		},
	});

	function choose(frm) {
		if (!frm.doc.customer || !frm.doc.company) {
			frappe.msgprint(__("Choose the customer and the company first."));
			return;
		}
		const has_rows = (frm.doc.items || []).some((row) => row.item_code);
		const escape = frappe.utils.escape_html;
		sales_order_ext.choose_rows({
			title: __("Create Lines From Sales Orders"),
			search_label: __("Order, Item or Delivery Note"),
			primary_label: __("Add Lines"),
			keys: __("Arrow keys move, Enter ticks a row, Ctrl+Enter adds the ticked rows."),
			key: (row) => `${row.sales_order} ${row.item_code}`,
			async load(search) {
				const rows = await frappe.xcall("sales_order_ext.invoicing.api.invoiceable_rows", {
					customer: frm.doc.customer,
					company: frm.doc.company,
					currency: has_rows ? frm.doc.currency : null,
					as_of: frm.doc.posting_date,
				});
				const wanted = search.toLowerCase();
				const text = (row) =>
					[row.sales_order, row.item_code, ...row.delivery_notes].join(" ").toLowerCase();
				return rows.filter((row) => text(row).includes(wanted));
			},
			columns: [
				{
					label: __("Sales Order"),
					value: (row) => sales_order_ext.link("Sales Order", row.sales_order),
				},
				{ label: __("Item"), value: (row) => escape(row.item_code) },
				{ label: __("Delivered by"), value: (row) => escape(row.delivery_notes.join(", ")) },
				{ label: __("Rate"), right: 1, value: (row) => format_currency(row.rate, row.currency) },
				{ label: __("Left", null, "Quantity"), right: 1, value: (row) => flt(row.open_qty) },
				{
					label: __("Quantity"),
					input: "qty",
					right: 1,
					initial: (row) => row.qty || row.open_qty,
				},
				{ label: __("By Its Term"), value: (row) => `${escape(row.invoice_term)}: ${escape(row.reason)}` },
			],
			choose: (chosen) =>
				add(
					frm,
					chosen.map(({ row, values }) => ({ so_detail: row.so_detail, qty: flt(values.qty) }))
				),
		});
	}

	async function add(frm, rows) {
		const is_new = frm.is_new();
		if (is_new) frm.doc.items = (frm.doc.items || []).filter((row) => row.item_code);
		else if (frm.is_dirty()) await frm.save();
		const document = await frappe.xcall("sales_order_ext.invoicing.api.add_rows", {
			sales_invoice: is_new ? frm.doc : frm.doc.name,
			rows,
		});
		if (is_new) {
			frappe.model.sync(document);
			frm.dirty();
			frm.refresh();
		} else {
			await frm.reload_doc();
		}
		frappe.show_alert({ message: __("{0} lines added", [rows.length]), indicator: "green" });
	}
})();
