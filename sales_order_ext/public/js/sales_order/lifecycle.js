// Life cycle on the order's form: marking it as sent by hand.
frappe.ui.form.on("Sales Order", {
	refresh(frm) {
		const is_on = sales_order_ext.on("enable_lifecycle_status", frm.doc);
		if (!is_on || frm.is_new() || frm.doc.docstatus === 2 || frm.doc.soe_is_cancelled) return;
		if (!frm.perm[0].write || frm.doc.soe_sent_on) return;
		frm.page.add_menu_item(__("Mark as Sent"), () =>
			frappe
				.xcall("sales_order_ext.lifecycle.api.mark_sent", { sales_order: frm.doc.name })
				.then(() => frm.reload_doc())
		);
	},
});
