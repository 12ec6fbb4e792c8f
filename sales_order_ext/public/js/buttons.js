// Buttons of ours in the head of a form. Frappe lets a head that has no room for all of its buttons run out of
// the window, with what cancels or creates. Ours then stand in its menu, where narrow windows have them anyway.
frappe.provide("sales_order_ext");

(() => {
	/** Add a button to the head of a form; where the head has no room for it, its menu has it. */
	sales_order_ext.add_button = function (frm, label, action) {
		frm.add_custom_button(label, action).addClass("soe-button").data("soe_label", label);
		if (frm.page.soe_room) return;
		frm.page.soe_room = new ResizeObserver(() => requestAnimationFrame(() => make_room(frm.page)));
		frm.page.soe_room.observe(head_of(frm.page));
		frm.page.soe_room.observe(frm.page.custom_actions[0]);
	};

	const head_of = (page) => page.wrapper.find(".page-head-content")[0];

	function make_room(page) {
		put_into_menu(page, false);
		if (runs_out(page)) put_into_menu(page, true);
	}

	function put_into_menu(page, is_put) {
		for (const button of page.custom_actions.find(".soe-button")) {
			const label = $(button).toggleClass("hide", is_put).data("soe_label");
			const items = page.menu
				.find(".menu-item-label")
				.filter((_index, one) => one.textContent.trim() === label)
				.closest("li");
			// Frappe 15 hides what stands in the item, Frappe 16 the item.
			items.add(items.children()).toggleClass("hidden-xl", !is_put);
		}
	}

	function runs_out(page) {
		const head = head_of(page).getBoundingClientRect();
		return page.page_actions
			.find("button:visible")
			.toArray()
			.map((button) => button.getBoundingClientRect())
			.some(({ left, right }) => left < head.left || right > head.right);
	}
})();
