frappe.ui.form.on("Back Order", {
	refresh(frm) {
		const open = ["Open", "Partly Filled"].includes(frm.doc.status);
		if (frm.is_new() || !open || !sales_order_ext.back_orders.on(frm.doc)) return;
		const api = sales_order_ext.back_orders;
		if (api.may_release()) {
			frm.add_custom_button(__("Release", null, "Back Order"), () =>
				api.preview({ names: [frm.doc.name], done: () => frm.reload_doc() })
			);
		}
		if (frappe.model.can_create("Material Request")) {
			frm.add_custom_button(__("Order Shortage"), () =>
				api.order_shortage([frm.doc.name], () => frm.reload_doc())
			);
		}
	},
});
