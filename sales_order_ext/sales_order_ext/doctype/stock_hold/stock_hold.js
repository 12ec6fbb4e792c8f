frappe.ui.form.on("Stock Hold", {
	refresh(frm) {
		frm.disable_save();
		frm.add_custom_button(__("Release", null, "Back Order"), async () => {
			await frappe.xcall("sales_order_ext.allocation.api.release_holds", { names: [frm.doc.name] });
			frappe.set_route("List", "Stock Hold");
		});
	},
});
