// Fields that mean something empty: what the desk fills in from defaults goes from a new form, before it is shown.
frappe.provide("sales_order_ext");

/** Empty these fields where they hold nothing but defaults; a copy keeps what it was copied from. */
sales_order_ext.leave_empty = function (frm, ...fields) {
	if (!frm.is_new() || frm.doc.__run_link_triggers === false) return;
	for (const field of fields) {
		const usual = frappe.model.get_default_value(frappe.meta.get_docfield(frm.doctype, field), frm.doc);
		if (frm.doc[field] && frm.doc[field] === usual) frm.doc[field] = "";
	}
};
