frappe.query_reports["Back Orders"] = {
	formatter: sales_order_ext.cell,
	filters: [
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", default: frappe.defaults.get_user_default("Company") },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "item_code", label: __("Item"), fieldtype: "Link", options: "Item" },
		{ fieldname: "warehouse", label: __("Warehouse"), fieldtype: "Link", options: "Warehouse" },
		{ fieldname: "mode", label: __("Mode"), fieldtype: "Select", options: ["", "Automatic", "Manual"] },
		{ fieldname: "promise", label: __("Promise"), fieldtype: "Select", options: ["", "Not Promised", "Late"] },
	],
};
