// A dialog to search, tick rows of a table and act on them, with the keyboard as well as the mouse.
frappe.provide("sales_order_ext");

(() => {
	/**
	 * Open the dialog.
	 *
	 * `load(search, start)` resolves to rows, `key(row)` names one, `columns` show it: `value(row)` as HTML, or
	 * an `input` (number) or `check` of that name, read back as `values`. `choose([{row, values}])` acts. With
	 * `page` (rows a load brings) more can be loaded below. Ticked rows stay, on top, whatever is searched for
	 * next. `fields` are further fields above the table, whose values `choose` gets second.
	 */
	sales_order_ext.choose_rows = function (options) {
		const dialog = sales_order_ext.dialog({
			title: options.title,
			size: "extra-large",
			fields: [
				{ fieldname: "search", fieldtype: "Data", label: options.search_label },
				...(options.fields || []),
				{ fieldtype: "Section Break" },
				{ fieldname: "table", fieldtype: "HTML" },
			],
			primary_action_label: options.primary_label,
			async primary_action() {
				const chosen = chosen_rows();
				if (!chosen.length) {
					frappe.show_alert({ message: __("Tick at least one row."), indicator: "orange" });
					return;
				}
				await options.choose(chosen, dialog.get_values(true));
				dialog.hide();
			},
		});
		const table = dialog.fields_dict.table.$wrapper;
		let rows = [];
		let asked = 0;
		let start = 0;

		async function load() {
			const turn = ++asked;
			const answer = await options.load(dialog.get_value("search") || "", 0);
			// An answer that a later search has overtaken is dropped.
			if (turn !== asked) return;
			const chosen = chosen_rows();
			rows = chosen.map(({ row }) => row).concat(without(answer, chosen));
			table.html(render(rows, options));
			chosen.forEach(({ values }, index) => tick(table.find("tbody tr").eq(index), values));
			start = answer.length;
			show_more(answer.length);
			count();
		}

		async function load_more() {
			const turn = ++asked;
			const answer = await options.load(dialog.get_value("search") || "", start);
			if (turn !== asked) return;
			const more = without(answer, chosen_rows());
			const lines = more.map((row, index) => line(row, rows.length + index, options));
			rows = rows.concat(more);
			table.find("tbody").append(lines.join(""));
			start += answer.length;
			show_more(answer.length);
		}

		function without(answer, chosen) {
			const keys = new Set(chosen.map(({ row }) => options.key(row)));
			return answer.filter((row) => !keys.has(options.key(row)));
		}

		/** Say on the button how many rows it acts on: ticked ones may be out of sight. */
		function count() {
			const ticked = table.find("tbody .soe-choose:checked").length;
			dialog.get_primary_btn().text(options.primary_label + (ticked ? ` (${ticked})` : ""));
		}

		function show_more(brought) {
			table.find(".soe-more").toggle(Boolean(options.page) && brought >= options.page);
		}

		function chosen_rows() {
			return table
				.find("tbody tr")
				.toArray()
				.filter((one) => $(one).find(".soe-choose").prop("checked"))
				.map((one) => ({ row: rows[$(one).data("index")], values: values_of(one) }));
		}

		table.on("change", ".soe-choose-all", (event) =>
			table.find(".soe-choose").prop("checked", event.target.checked)
		);
		table.on("change input", count);
		table.on("click", ".soe-more", load_more);
		// Typing a quantity means the row is wanted.
		table.on("input", "[data-field]", (event) =>
			$(event.target).closest("tr").find(".soe-choose").prop("checked", true)
		);
		table.on("keydown", "input", (event) => move(event, dialog));
		const search = dialog.fields_dict.search.$input;
		search.on("input", frappe.utils.debounce(load, 300));
		search.on("keydown", (event) => {
			if (event.key !== "ArrowDown" && event.key !== "Enter") return;
			event.preventDefault();
			event.stopPropagation();
			table.find("tbody .soe-choose").first().trigger("focus");
		});
		dialog.$wrapper.on("hidden.bs.modal", () => dialog.$wrapper.remove());
		dialog.show();
		search.trigger("focus");
		load();
		return dialog;
	};

	/** Up and down go from row to row within a column, Enter from a tick to the quantity and on. */
	function move(event, dialog) {
		const step = { ArrowDown: 1, ArrowUp: -1, Enter: 0 }[event.key];
		if (step === undefined || event.ctrlKey || event.metaKey) return;
		event.preventDefault();
		event.stopPropagation();
		const here = $(event.target).closest("tr");
		if (event.key === "Enter" && $(event.target).is(".soe-choose")) {
			event.target.checked = !event.target.checked;
			$(event.target).trigger("change");
			return;
		}
		const beside = step < 0 ? here.prev() : here.next();
		if (!beside.length && step < 0) {
			dialog.fields_dict.search.$input.trigger("focus");
			return;
		}
		const field = event.target.dataset.field;
		const target = field ? beside.find(`[data-field="${field}"]`) : beside.find(".soe-choose");
		target.trigger("focus");
		if (target.is("[type=number]")) target.trigger("select");
	}

	function tick(one, values) {
		one.find(".soe-choose").prop("checked", true);
		for (const [field, value] of Object.entries(values)) {
			const input = one.find(`[data-field="${field}"]`);
			if (typeof value === "boolean") input.prop("checked", value);
			else input.val(value);
		}
	}

	function values_of(one) {
		const inputs = $(one).find("[data-field]").toArray();
		return Object.fromEntries(
			inputs.map((input) => [
				input.dataset.field,
				input.type === "checkbox" ? input.checked : input.value,
			])
		);
	}

	function render(rows, options) {
		if (!rows.length) return `<p class="text-muted">${__("Nothing found.")}</p>`;
		const head = options.columns.map((column) => cell("th", column, column.label)).join("");
		const body = rows.map((row, index) => line(row, index, options)).join("");
		const all = `<input type="checkbox" class="soe-choose-all" aria-label="${__("All")}">`;
		const keys = __("Arrow keys move, Enter ticks a row, Ctrl+Enter copies.");
		return `<div style="max-height: 60vh; overflow: auto">
			<style>.soe-choose-table th { position: sticky; top: 0; background: var(--modal-bg); z-index: 1 }
			.soe-choose-table tr:focus-within { background: var(--highlight-color) }</style>
			<table class="table table-bordered table-condensed soe-choose-table">
				<thead><tr><th style="width: 2em">${all}</th>${head}</tr></thead><tbody>${body}</tbody>
			</table>
			<button type="button" class="btn btn-default btn-xs soe-more">${__("Show More")}</button>
		</div><p class="text-muted small" style="margin-top: 8px">${options.keys || keys}</p>`;
	}

	function line(row, index, options) {
		const label = frappe.utils.escape_html(options.key(row));
		const cells = options.columns.map((column) => cell("td", column, content(row, column))).join("");
		const choose = `<input type="checkbox" class="soe-choose" aria-label="${label}">`;
		return `<tr data-index="${index}"><td>${choose}</td>${cells}</tr>`;
	}

	function content(row, column) {
		if (column.check) {
			const label = frappe.utils.escape_html(column.label);
			return `<input type="checkbox" data-field="${column.check}" aria-label="${label}">`;
		}
		if (!column.input) return column.value(row);
		return `<input type="number" min="0" step="any" class="form-control input-xs" style="width: 6em"
			aria-label="${frappe.utils.escape_html(column.label)}"
			data-field="${column.input}" value="${frappe.utils.escape_html(String(column.initial(row)))}">`;
	}

	const cell = (tag, column, html) =>
		`<${tag}${column.right ? ' class="text-right text-nowrap"' : ""}>${html}</${tag}>`;
})();
