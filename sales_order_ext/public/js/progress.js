// Delivery, invoice, payment and reservation of an order as small bars side by side, for form and list.
frappe.provide("sales_order_ext.progress");

(() => {
	/** The bars that the switches show: label, percent, and what to say about it. None of a replaced order. */
	sales_order_ext.progress.bars = function (doc) {
		if (cint(doc.soe_is_cancelled)) return [];
		const on = (property) => sales_order_ext.on(property, doc);
		const bars = [];
		if (on("enable_lifecycle_status") || on("enable_payment_status")) {
			bars.push({ label: __("Delivered"), percent: flt(doc.per_delivered), color: "blue" });
			bars.push({ label: __("Invoiced"), percent: flt(doc.per_billed), color: "purple" });
		}
		if (on("enable_payment_status")) {
			bars.push({ label: __("Paid"), percent: flt(doc.soe_per_paid), color: "green" });
		}
		if (on("enable_stock_reservations") && doc.soe_reservation_status) {
			const shown = { "Not Reserved": 0, "Partially Reserved": 50, "Fully Reserved": 100 };
			const percent = doc.items?.length ? reserved(doc) : shown[doc.soe_reservation_status];
			bars.push({ label: __("Reserved"), percent, color: "orange", text: __(doc.soe_reservation_status) });
		}
		return bars;
	};

	/** The bars as HTML; `wide` writes the labels beside them. */
	sales_order_ext.progress.html = function (bars, wide) {
		return bars
			.map(({ label, percent, color, text }) => {
				const said = frappe.utils.escape_html(`${label}: ${text || `${format_number(percent, null, 0)} %`}`);
				const bar = `<div class="soe-bar" title="${said}" aria-label="${said}" style="height: ${wide ? 6 : 4}px;
					border-radius: 3px; background: var(--gray-200); overflow: hidden"><div style="height: 100%;
					width: ${Math.min(Math.max(percent, 0), 100)}%; background: var(--${color}-500)"></div></div>`;
				return wide
					? `<div style="flex: 1"><div class="text-muted small">${said}</div>${bar}</div>`
					: `<div style="flex: 1; min-width: 14px">${bar}</div>`;
			})
			.join("");
	};

	/** How much of the goods is reserved or delivered, from the rows of a form. */
	function reserved(doc) {
		const sum = (value) => doc.items.reduce((total, row) => total + value(row), 0);
		const asked = sum((row) => (flt(row.stock_reserved_qty) || row.reserve_stock ? flt(row.stock_qty) : 0));
		const factor = (row) => flt(row.conversion_factor) || 1;
		const got = sum((row) => flt(row.stock_reserved_qty) + (row.reserve_stock ? flt(row.delivered_qty) * factor(row) : 0));
		const shown = { "Not Reserved": 0, "Fully Reserved": 100 }[doc.soe_reservation_status];
		return shown ?? (asked ? Math.min((got / asked) * 100, 100) : 50);
	}
})();
