// The preferences as the server resolved them, for forms, lists and `depends_on` expressions.
import "./buttons";
import "./dialogs";

frappe.provide("sales_order_ext");

/** A value as HTML that shows it: what people type never becomes part of the page. */
sales_order_ext.escape = (value) => frappe.utils.escape_html(cstr(value));

/** A link to a document as HTML. Frappe's own takes the name as HTML. */
sales_order_ext.link = (doctype, name) =>
	frappe.utils.get_form_link(doctype, name, true, sales_order_ext.escape(name));

/** The cells of our reports: Frappe's take text as HTML. A choice is said in the user's language. */
sales_order_ext.cell = (value, row, column, data, format) =>
	format(
		["Data", "Select"].includes(column?.fieldtype) ? sales_order_ext.escape(value) : value,
		row,
		column,
		data
	);

/** The value of a preference for a document's company, or for the user where the document has none. */
sales_order_ext.preference = function (property, doc) {
	const boot = frappe.boot.sales_order_ext;
	const answers = boot && (boot.companies[doc && doc.company] || boot.user);
	return answers ? answers[property] : undefined;
};

/** Whether a switch is on. */
sales_order_ext.on = (property, doc) => Boolean(sales_order_ext.preference(property, doc));

/** Whether at least one of the switches is on. */
sales_order_ext.any = (properties, doc) => properties.some((property) => sales_order_ext.on(property, doc));

/** Whether any capability is on: what has no switch of its own shows itself only then. */
sales_order_ext.any_switch = (doc) => sales_order_ext.any(sales_order_ext.switches(), doc);

/** The names of all switches. */
sales_order_ext.switches = () =>
	Object.keys((frappe.boot.sales_order_ext || { user: {} }).user).filter((property) =>
		property.startsWith("enable_")
	);
