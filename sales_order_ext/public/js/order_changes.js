// Old and new of a replacement as a table: on the draft what each row must keep, elsewhere what changed.
frappe.provide("sales_order_ext.replacement");

Object.assign(sales_order_ext.replacement, {
	/** The table of a difference; `with_limits` adds what has happened to a row and what it must keep. */
	changes_table(facts, with_limits) {
		const escape = (text) => frappe.utils.escape_html(String(text ?? ""));
		const number = (value) => (value ? frappe.format(value, { fieldtype: "Float" }, { inline: 1 }) : "");
		const money = (value) => format_currency(value || 0, facts.currency);
		const colors = { Added: "green", Removed: "red", Changed: "orange", Same: "gray" };
		const pill = (change) => `<span class="indicator-pill ${colors[change]}">${__(change)}</span>`;
		const by_change = (row) => [
			escape(row.label),
			pill(row.change),
			row.change === "Added" ? "" : number(row.old_qty),
			row.change === "Removed" ? "" : number(row.new_qty),
			money(row.difference),
		];
		const by_limit = (row) => [
			number(row.delivered),
			row.billed ? money(row.billed) : "",
			number(row.reserved),
			number(Math.max(row.ordered || 0, row.work_order || 0)),
			number(row.picked),
			escape(this.limits_of(row, money)),
		];
		const heads = [__("Item"), __("Change"), __("Old Qty"), __("New Qty"), __("Difference")];
		const limits = [
			__("Delivered"),
			__("Billed"),
			__("Reserved"),
			__("Ordered or in Work"),
			__("Picked"),
			__("What Must Stay"),
		];
		const details = facts.rows.map((row) => (with_limits ? by_limit(row) : []));
		// What no row has is left out: what must stay has to be in sight.
		const used = limits.map((_label, at) => details.some((cells) => cells[at]));
		const only_used = (cells) => cells.filter((_cell, at) => used[at]);
		const rows = facts.rows.map((row, at) => [...by_change(row), ...only_used(details[at])]);
		const line = (cells, tag) => `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
		const sums = [
			`${__("Total")}: ${money(facts.old_total)} → <b>${money(facts.new_total)}</b>`,
			`${__("Difference")}: <b>${money(facts.difference)}</b>`,
			...(facts.paid
				? [
						`${__("Paid")}: ${money(facts.paid)}`,
						`${__("Outstanding")}: ${money(facts.outstanding)}`,
				  ]
				: []),
		];
		return `<div class="table-responsive"><table class="table table-sm table-bordered small mb-2">
			<thead>${line([...heads, ...only_used(limits)], "th")}</thead>
			<tbody>${rows.map((cells) => line(cells, "td")).join("")}</tbody></table></div>
			<div class="small text-muted">${sums.join(" · ")}</div>`;
	},

	/** What a row of the draft must keep, as a sentence. */
	limits_of(row, money) {
		if (!row.is_fixed) return row.change === "Added" ? "" : __("Free to change");
		const kept = [__("Row, item and unit")];
		if (row.least_qty) kept.push(__("at least {0}", [row.least_qty]));
		if (row.least_amount) kept.push(__("at least {0}", [money(row.least_amount)]));
		const used = row.documents?.length ? ` (${row.documents.join(", ")})` : "";
		return kept.join(", ") + used;
	},
});
