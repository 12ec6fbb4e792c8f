// The order list: drafts that replace an order are Temporary; what was replaced, and its reversal, say so.
(() => {
	if (!window.sales_order_ext?.on("enable_cancel_and_replace")) return;
	const settings = frappe.listview_settings["Sales Order"];
	const native = settings.get_indicator;
	const shows_life_cycle = window.sales_order_ext.on("enable_lifecycle_status");
	const fields = ["soe_replaced_order", "soe_replacement_role", "soe_is_cancelled"];
	settings.add_fields = [...new Set([...(settings.add_fields || []), ...fields])];
	settings.has_indicator_for_draft = true;
	settings.get_indicator = (doc) => {
		if (doc.docstatus === 0) {
			return doc.soe_replaced_order
				? [__("Temporary"), "orange", "soe_replaced_order,is,set|docstatus,=,0"]
				: [__("Draft"), "red", "docstatus,=,0"];
		}
		if (doc.soe_replacement_role === "Inverse") {
			return [__("Inverse"), "gray", "soe_replacement_role,=,Inverse"];
		}
		if (cint(doc.soe_is_cancelled) && !shows_life_cycle) {
			return [__("Replaced"), "gray", "soe_is_cancelled,=,1"];
		}
		return native && native(doc);
	};
})();
