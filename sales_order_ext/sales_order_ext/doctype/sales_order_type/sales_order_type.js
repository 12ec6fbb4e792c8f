frappe.ui.form.on("Sales Order Type", {
	before_load(frm) {
		sales_order_ext.leave_empty(frm, "set_warehouse", "selling_price_list", "payment_terms_template");
	},
});
