// Invoice terms on the order's form: why each row is or is not invoiced, in words to read out.
(() => {
	frappe.ui.form.on("Sales Order", {
		refresh(frm) {
			if (frm.doc.docstatus !== 1 || !sales_order_ext.on("enable_invoice_terms", frm.doc)) return;
			frm.page.add_menu_item(__("When Is It Invoiced?"), () => explain(frm));
		},
	});

	async function explain(frm) {
		const told = await frappe.xcall("sales_order_ext.invoicing.api.explain", {
			sales_order: frm.doc.name,
		});
		const escape = frappe.utils.escape_html;
		const body = told.rows.map(
			(row) => `<tr><td>${row.idx}</td><td>${escape(row.item_code)}</td>
				<td class="text-right">${flt(row.qty)}</td><td>${escape(row.reason)}</td>
				<td>${row.invoice_date ? frappe.datetime.str_to_user(row.invoice_date) : ""}</td></tr>`
		);
		const heads = [__("Row"), __("Item"), __("To Invoice Now"), __("Why"), __("Invoiced on")];
		frappe.msgprint({
			title: __("When Is It Invoiced?"),
			wide: true,
			message: `<p>${escape(told.summary.split("\n")[0])}</p>
				<table class="table table-bordered table-condensed">
					<thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead>
					<tbody>${body.join("")}</tbody></table>`,
		});
	}
})();
