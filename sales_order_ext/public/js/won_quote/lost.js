// "Lost…": says why a quotation or an opportunity was lost, and to whom.
frappe.provide("sales_order_ext.won_quote");

/** Ask for reasons and competitors of a lost quotation or opportunity. */
sales_order_ext.won_quote.lose = function (frm) {
	const of_opportunity = frm.doctype === "Opportunity";
	const links = (doctype) => (text) => frappe.db.get_link_options(doctype, text);
	const reasons = of_opportunity ? "Opportunity Lost Reason" : "Quotation Lost Reason";
	sales_order_ext.ask({
		title: of_opportunity ? __("Opportunity Lost") : __("Quotation Lost"),
		fields: [
			{
				fieldname: "reasons",
				fieldtype: "MultiSelectPills",
				label: __("Reasons"),
				reqd: 1,
				get_data: links(reasons),
				description: of_opportunity ? __("Its open quotations are marked lost as well.") : "",
			},
			{
				fieldname: "competitors",
				fieldtype: "MultiSelectPills",
				label: __("Competitors"),
				get_data: links("Competitor"),
			},
			{ fieldname: "detailed_reason", fieldtype: "Small Text", label: __("In Detail") },
		],
		label: __("Lost"),
		act: (values) =>
			of_opportunity
				? frappe.xcall("sales_order_ext.won_quote.api.lose", {
						opportunity: frm.doc.name,
						...values,
				  })
				: frappe.xcall("sales_order_ext.won_quote.api.lose_quotation", {
						quotation: frm.doc.name,
						...values,
				  }),
		done: () => frm.reload_doc(),
	});
};
