// Sales Order form: rows hold stock while they are typed and say who has the rest; booked orders are reserved.
(() => {
	const WAIT = 600;
	const API = {
		hold: "sales_order_ext.allocation.api.hold",
		release: "sales_order_ext.allocation.api.release",
		leave: "sales_order_ext.allocation.api.leave",
		held_rows: "sales_order_ext.allocation.api.held_rows",
		reserve: "sales_order_ext.allocation.api.reserve",
		unreserve: "sales_order_ext.allocation.api.unreserve",
	};
	/** What was said of each row, by row name: {held, free, short, others, asked}. */
	const told = {};
	const timers = {};
	/** The names of forms that may hold something, to be left when the user goes. */
	const open_forms = new Set();

	frappe.ui.form.on("Sales Order", {
		refresh(frm) {
			if (holds(frm)) {
				watch_leaving();
				watch_rows(frm);
				show_saved(frm);
			}
			show_reserve_buttons(frm);
		},
		customer: hold_all,
		soe_order_type: hold_all,
		set_warehouse: hold_all,
	});

	frappe.ui.form.on("Sales Order Item", {
		item_code: hold_soon,
		qty: hold_soon,
		warehouse: hold_soon,
		uom: hold_soon,
		conversion_factor: hold_soon,
		stock_qty: hold_soon,
		delivered_by_supplier: hold_soon,
		before_items_remove(frm, cdt, cdn) {
			if (!holds(frm)) return;
			clearTimeout(timers[cdn]);
			const asked = told[cdn];
			delete told[cdn];
			if (asked) give_back(frm, locals[cdt][cdn]);
		},
	});

	/** Whether the rows of this form hold stock while they are typed. */
	function holds(frm) {
		return (
			frm.doc.docstatus === 0 &&
			!frm.doc.soe_replaced_order &&
			sales_order_ext.on("enable_soft_allocation", frm.doc) &&
			frappe.model.can_create("Sales Order")
		);
	}

	function hold_all(frm) {
		for (const row of frm.doc.items || []) hold_soon(frm, row.doctype, row.name);
	}

	/** Fields of a row change one after the other while ERPNext fills them in: ask once they are still. */
	function hold_soon(frm, cdt, cdn) {
		if (!holds(frm)) return;
		clearTimeout(timers[cdn]);
		timers[cdn] = setTimeout(() => hold(frm, cdt, cdn), WAIT);
	}

	async function hold(frm, cdt, cdn) {
		const row = (locals[cdt] || {})[cdn];
		if (!row || !holds(frm) || !row.item_code || !row.warehouse) return;
		const key = frm.doc.name;
		const factor = flt(row.conversion_factor) || 1;
		const asked = (await keeps_stock(frm, row)) ? flt(row.qty) * factor : 0;
		open_forms.add(key);
		const said = await frappe.xcall(API.hold, {
			document_key: key,
			row_key: cdn,
			item_code: row.item_code,
			warehouse: row.warehouse,
			qty: asked,
			customer: frm.doc.customer || null,
		});
		if (frm.doc.name !== key) return;
		await know(said.others);
		told[cdn] = { ...said, asked };
		row.soe_held_qty = said.held;
		show(frm);
	}

	/** A form that was never saved is its user's own; a saved draft may hold what a colleague typed. */
	function give_back(frm, row) {
		const keys = { document_key: frm.doc.name, row_key: row.name };
		if (frm.is_new()) frappe.xcall(API.release, keys);
		else frappe.xcall(API.hold, { ...keys, item_code: row.item_code, warehouse: row.warehouse, qty: 0 });
	}

	/** Orders of a type that allocates nothing, and rows that suppliers deliver, hold nothing. */
	async function keeps_stock(frm, row) {
		if (row.delivered_by_supplier || row.soe_source === "Drop Shipment") return false;
		const type = frm.doc.soe_order_type;
		if (!type || !sales_order_ext.on("enable_order_types", frm.doc)) return true;
		const { message } = await frappe.db.get_value("Sales Order Type", type, "allocates");
		return Boolean(cint(message?.allocates));
	}

	async function show_saved(frm) {
		if (frm.is_new()) return show(frm);
		open_forms.add(frm.doc.name);
		const key = frm.doc.name;
		const rows = await frappe.xcall(API.held_rows, { sales_order: key });
		if (frm.doc.name !== key || frm.is_dirty()) return show(frm);
		await know(Object.values(rows).flatMap((row) => row.others));
		for (const row of frm.doc.items || []) {
			if (rows[row.name]) told[row.name] = { ...rows[row.name], asked: rows[row.name].held + rows[row.name].short };
			else delete told[row.name];
		}
		show(frm);
	}

	/** The desk knows the names of few users until it asks. */
	async function know(others) {
		const users = [...new Set(others.map((one) => one.user))].filter((user) => !frappe.boot.user_info[user]);
		if (!users.length) return;
		const names = await frappe.xcall("frappe.desk.form.load.get_user_info_for_viewers", {
			users: JSON.stringify(users),
		});
		for (const user of users) frappe.boot.user_info[user] = names[user] || { fullname: user };
	}

	/** The grid draws its rows anew at every refresh: what is told of them is put back each time. */
	function watch_rows(frm) {
		const rows = frm.fields_dict.items?.grid?.wrapper?.find(".grid-body .rows")[0];
		if (!rows || rows.soe_watched) return;
		rows.soe_watched = true;
		new MutationObserver(() => show(frm)).observe(rows, { childList: true });
	}

	function show(frm) {
		const grid = frm.fields_dict.items?.grid;
		for (const grid_row of grid?.grid_rows || []) {
			const facts = grid_row.doc && told[grid_row.doc.name];
			const wrapper = $(grid_row.wrapper);
			const shown = wrapper.children(".soe-promise");
			if (!facts || !holds(frm) || (!facts.asked && !facts.held)) {
				shown.remove();
				continue;
			}
			const html = sentence(facts, grid_row.doc.stock_uom);
			if (shown.length) shown.html(html);
			else $(`<div class="soe-promise small">${html}</div>`).css(PLACE).insertAfter(wrapper.children(".data-row").last());
		}
	}

	const PLACE = {
		padding: "2px 15px 4px 45px",
		"border-bottom": "1px solid var(--table-border-color, var(--border-color))",
		color: "var(--text-muted)",
	};

	function sentence(facts, uom) {
		const unit = uom ? ` ${sales_order_ext.escape(__(uom))}` : "";
		const color = !facts.short ? "green" : facts.held ? "orange" : "red";
		const parts = [
			`<span class="indicator ${color}">${__("Held {0}", [quantity(facts.held) + unit])}</span>`,
			__("Free {0}", [quantity(facts.free)]),
		];
		if (facts.short) parts.push(`<b>${__("Short {0}", [quantity(facts.short)])}</b>`);
		for (const one of facts.short ? facts.others : []) {
			const who = frappe.utils.escape_html(frappe.user.full_name(one.user));
			parts.push(__("{0} holds {1} until {2}", [who, quantity(one.qty), moment_of(one.until)]));
		}
		return parts.join(" · ");
	}

	const quantity = (value) => frappe.format(value, { fieldtype: "Float" }, { only_value: true, inline: true });

	function moment_of(until) {
		const at = frappe.datetime.convert_to_user_tz(until, false);
		return at.isSame(moment(), "day") ? at.format("HH:mm") : frappe.datetime.str_to_user(until);
	}

	/** Give back on leaving: by route, or with the whole page (a beacon outlives it). */
	function watch_leaving() {
		if (frappe.soe_watches_leaving) return;
		frappe.soe_watches_leaving = true;
		frappe.router.on("change", () => {
			const here = cur_frm && frappe.get_route()[0] === "Form" ? cur_frm.doc?.name : null;
			for (const name of [...open_forms]) {
				if (name === here) continue;
				open_forms.delete(name);
				if (is_left_unsaved(name)) frappe.xcall(API.leave, { document_key: name }).catch(() => {});
			}
		});
		window.addEventListener("pagehide", () => {
			for (const name of open_forms) if (is_left_unsaved(name)) send(name);
		});
	}

	/** A saved draft without changes holds what it is to hold. */
	function is_left_unsaved(name) {
		const doc = (locals["Sales Order"] || {})[name];
		return !doc || doc.__islocal || doc.__unsaved;
	}

	function send(name) {
		const data = new FormData();
		data.append("document_key", name);
		data.append("csrf_token", frappe.csrf_token);
		navigator.sendBeacon(`/api/method/${API.leave}`, data);
	}

	/** Our own Reserve takes ERPNext's place: it locks before it reads, and it takes all rows. */
	function show_reserve_buttons(frm) {
		const open = frm.doc.docstatus === 1 && !["Closed", "On Hold"].includes(frm.doc.status);
		if (!open || !sales_order_ext.on("enable_stock_reservations", frm.doc) || !frm.has_perm("write")) return;
		const status = frm.doc.soe_reservation_status;
		// Reservations are never made in a form of their own, so the desk lists nobody as allowed to create them.
		const may_reserve = frappe.model.can_cancel("Stock Reservation Entry");
		const group = __("Stock Reservation");
		frm.remove_custom_button(__("Reserve"), group);
		frm.remove_custom_button(__("Unreserve"), group);
		if (["Not Reserved", "Partially Reserved"].includes(status) && may_reserve) {
			frm.add_custom_button(__("Reserve"), () => reserve(frm), group);
		}
		const reserved = (frm.doc.items || []).some((row) => flt(row.stock_reserved_qty) > 0);
		if (reserved && flt(frm.doc.per_delivered) < 100 && may_reserve) {
			frm.add_custom_button(__("Unreserve"), () => unreserve(frm), group);
		}
	}

	async function reserve(frm) {
		const { reserved, reservation_status } = await frappe.xcall(API.reserve, { sales_order: frm.doc.name });
		const rows = Object.keys(reserved).length;
		frappe.show_alert({
			message: rows
				? __("Stock reserved for {0} rows. The order is {1}.", [rows, __(reservation_status)])
				: __("Nothing of what is missing is free now."),
			indicator: rows ? "green" : "orange",
		});
		frm.reload_doc();
	}

	function unreserve(frm) {
		frappe.confirm(__("Give back all stock that is reserved for this order?"), async () => {
			await frappe.xcall(API.unreserve, { sales_order: frm.doc.name });
			frappe.show_alert({ message: __("The stock is free again."), indicator: "green" });
			frm.reload_doc();
		});
	}
})();
