// Holding a customer's invoices for one period, and releasing them.
frappe.ui.form.on("Customer", {
	refresh(frm) {
		if (frm.is_new() || !frm.perm[0].write || !sales_order_ext.on("enable_invoice_terms", frm.doc)) return;
		const until = frm.doc.soe_hold_invoices_until;
		if (until && until > frappe.datetime.get_today()) {
			frm.set_intro(
				__("Invoice runs leave this customer out until {0}.", [frappe.datetime.str_to_user(until)]),
				"orange"
			);
			frm.page.add_menu_item(__("Release Invoices"), async () => {
				await frappe.xcall("sales_order_ext.invoicing.api.release_customer", {
					customer: frm.doc.name,
				});
				frm.reload_doc();
			});
			return;
		}
		frm.page.add_menu_item(__("Hold Invoices for One Period"), async () => {
			const { held_until } = await frappe.xcall("sales_order_ext.invoicing.api.hold_customer", {
				customer: frm.doc.name,
			});
			frappe.show_alert(__("Held until {0}", [frappe.datetime.str_to_user(held_until)]));
			frm.reload_doc();
		});
	},
});
