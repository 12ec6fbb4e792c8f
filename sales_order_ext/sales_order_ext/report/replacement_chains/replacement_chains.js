// Replaced orders with what reverses and what replaces them.
frappe.query_reports["Replacement Chains"] = {
	formatter: sales_order_ext.cell,
	tree: true,
	name_field: "sales_order",
	parent_field: "parent_order",
	initial_depth: 5,
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
			default: frappe.defaults.get_user_default("Company"),
		},
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "sales_order", label: __("Order of the Chain"), fieldtype: "Link", options: "Sales Order" },
		{ fieldname: "from_date", label: __("Replaced From"), fieldtype: "Date" },
		{ fieldname: "to_date", label: __("Replaced To"), fieldtype: "Date" },
	],
};
