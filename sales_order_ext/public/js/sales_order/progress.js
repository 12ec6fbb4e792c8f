// The bars at the head of a booked order's form.
frappe.ui.form.on("Sales Order", {
	refresh(frm) {
		const $layout = $(frm.layout.wrapper);
		$layout.children(".soe-progress").remove();
		const bars = frm.doc.docstatus === 1 ? sales_order_ext.progress.bars(frm.doc) : [];
		if (!bars.length) return;
		$layout.prepend(`<div class="soe-progress" style="display: flex; gap: 16px; padding: 10px 20px">
			${sales_order_ext.progress.html(bars, true)}</div>`);
	},
});
