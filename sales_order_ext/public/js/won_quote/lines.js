// The wizard's page Lines: quantities, sources, stock, and what follows each row, live.
frappe.provide("sales_order_ext.won_quote.pages");

(() => {
	const html = (value) => frappe.utils.escape_html(String(value ?? ""));
	const CHARGES = ["Sales Order", "Project Charge", "Contract Charge", "Ticket Charge"];
	/** Where goods may come from; buying for the order needs order types. */
	const sources = (doc) =>
		sales_order_ext.on("enable_order_types", doc)
			? [["", __("By order type")], ...["Stock", "Back-to-Back", "Drop Shipment"].map((one) => [one, __(one)])]
			: [["", __("Stock")], ["Drop Shipment", __("Drop Shipment")]];

	/** Lines: a table that asks the server again whenever something in it changes, and `tell`s the answer. */
	sales_order_ext.won_quote.pages.Lines = function (parent, { doc, state, tell }) {
		parent.html(table(doc));
		const controls = new Map();
		doc.items.forEach((row) => add_links(parent, row, doc, controls, () => refresh()));

		const rows = () => doc.items.map((row) => read(parent, row, controls));
		let asked = 0;
		const refresh = frappe.utils.debounce(async () => {
			const question = ++asked;
			const { message } = await frappe.call("sales_order_ext.won_quote.api.lines", {
				quote_win: doc.name,
				rows: rows(),
			});
			// A later question is under way, or the page was left.
			if (question !== asked || !parent.is(":visible")) return;
			message.lines.forEach((line) => show(parent, line));
			tell(message);
		}, 250);
		parent.on("input change", "[data-field]", () => refresh());
		state.lines.forEach((line) => show(parent, line));
		return () => ({ items: rows() });
	};

	function table(doc) {
		const heads = [
			"",
			__("Item"),
			__("Quantity"),
			__("Rate"),
			__("Warehouse"),
			__("On Hand"),
			__("Free"),
			__("Incoming"),
			__("Short"),
			__("Source or Charge"),
			__("What Follows"),
		];
		const right = new Set([3, 5, 6, 7, 8]);
		const head = heads.map((text, index) => `<th class="${right.has(index) ? "text-right" : ""}">${text}</th>`);
		const body = doc.items.map((row) => line(row, doc));
		return `<div style="overflow: auto; max-height: 60vh"><table class="table table-bordered table-condensed small">
			<thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
	}

	function line(row, doc) {
		const check = `<input type="checkbox" data-field="include" ${row.include ? "checked" : ""}
			aria-label="${html(row.item_code)}">`;
		const qty = `<input type="number" min="0" step="any" class="form-control input-xs" data-field="qty"
			style="width: 6em" value="${html(row.qty)}"> <span class="text-muted">/
			${html(row.remaining_qty)} ${html(__(row.uom))}</span>`;
		const name = row.item_name && row.item_name !== row.item_code ? `<br>${html(row.item_name)}` : "";
		const marks = row.is_alternative ? ` <span class="text-muted">(${__("alternative")})</span>` : "";
		const numbers = ["on_hand", "free", "incoming", "shortage"]
			.map((field) => `<td class="text-right" data-show="${field}"></td>`)
			.join("");
		return `<tr data-row="${html(row.quotation_item)}">
			<td>${check}</td><td><b>${html(row.item_code)}</b>${marks}${name}</td><td nowrap>${qty}</td>
			<td class="text-right" nowrap>${format_currency(row.rate, row.currency)}</td>
			<td><div data-link="warehouse" style="min-width: 8em"></div></td>${numbers}
			<td>${choice(row, doc)}<div data-link="${row.kind === "Recurring" ? "subscription_plan" : "supplier"}"></div></td>
			<td data-show="following"></td></tr>`;
	}

	/** What a row may become: goods choose where they come from, services what they are charged to. */
	function choice(row, doc) {
		if (row.is_labour) return `<span class="text-muted">${__("Labour")}</span>`;
		const goods = row.kind === "Product";
		const field = goods ? "source" : "convert_to";
		const values = goods ? sources(doc) : CHARGES.map((value) => [value, __(value)]);
		const options = values
			.map(([value, label]) => {
				const selected = value === (row[field] || "") ? "selected" : "";
				return `<option value="${value}" ${selected}>${label}</option>`;
			})
			.join("");
		return `<select class="form-control input-xs" style="min-width: 10em" data-field="${field}" aria-label="${__(
			"Source"
		)}">${options}</select>`;
	}

	function add_links(parent, row, doc, controls, changed) {
		const place = (name) => find(parent, row.quotation_item).find(`[data-link="${name}"]`);
		const of_company = () => ({ filters: { company: doc.company, is_group: 0 } });
		const of_item = () => ({ filters: { item: row.item_code } });
		const wanted = [];
		if (row.kind === "Product") wanted.push(["warehouse", "Warehouse", __("Quotation's"), of_company]);
		if (row.kind === "Product") wanted.push(["supplier", "Supplier", __("Supplier")]);
		if (row.kind === "Recurring") {
			wanted.push(["subscription_plan", "Subscription Plan", __("Plan", null, "Subscription Plan"), of_item]);
		}
		for (const [fieldname, options, placeholder, get_query] of wanted) {
			const control = frappe.ui.form.make_control({
				parent: place(fieldname),
				df: { fieldname, fieldtype: "Link", options, placeholder, get_query, onchange: changed },
				only_input: true,
				render_input: true,
			});
			control.set_value(row[fieldname] || "");
			controls.set(`${row.quotation_item} ${fieldname}`, control);
		}
	}

	const find = (parent, name) => parent.find("tbody tr").filter((_i, line) => $(line).data("row") === name);

	function read(parent, row, controls) {
		const line = find(parent, row.quotation_item);
		const values = { quotation_item: row.quotation_item };
		line.find("[data-field]").each((_index, input) => {
			const field = input.dataset.field;
			if (field === "include") values.include = input.checked ? 1 : 0;
			else values[field] = field === "qty" ? flt(input.value) : input.value;
		});
		for (const field of ["warehouse", "supplier", "subscription_plan"]) {
			const control = controls.get(`${row.quotation_item} ${field}`);
			if (control) values[field] = control.get_value() || null;
		}
		return values;
	}

	function show(parent, line) {
		const row = find(parent, line.quotation_item);
		for (const field of ["on_hand", "free", "incoming", "shortage"]) {
			const value = line[field];
			const unknown = value === null || value === undefined || line.on_hand === null;
			const text = unknown ? "" : format_number(value, null, Number.isInteger(value) ? 0 : undefined);
			row.find(`[data-show="${field}"]`).text(text);
		}
		// A supplier is asked only of what is bought for the order, a plan only of what is billed by it.
		row.find('[data-link="supplier"]').toggle(["Back-to-Back", "Drop Shipment"].includes(line.source));
		const convert = row.find('[data-field="convert_to"]').val();
		row.find('[data-link="subscription_plan"]').toggle(convert === "Contract Charge");
		row.find('[data-show="shortage"]').toggleClass("text-danger", line.shortage > 0);
		row.find('[data-show="following"]').text(line.following);
		row.toggleClass("text-muted", !line.action);
	}
})();
