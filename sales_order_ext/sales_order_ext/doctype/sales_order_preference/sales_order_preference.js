frappe.ui.form.on("Sales Order Preference", {
	before_load(frm) {
		sales_order_ext.leave_empty(frm, "company");
	},

	refresh(frm) {
		frappe.model.with_doctype("Sales Order Ext Settings", () => {
			const fields = frappe.get_meta("Sales Order Ext Settings").fields;
			const options = frm.get_field("property").df.options;
			const names = Array.isArray(options)
				? options.map((option) => option.value)
				: options.split("\n");
			const label = (name) => fields.find((field) => field.fieldname === name)?.label || name;
			frm.set_df_property(
				"property",
				"options",
				names.map((name) => ({ value: name, label: __(label(name)) }))
			);
		});
	},
});
