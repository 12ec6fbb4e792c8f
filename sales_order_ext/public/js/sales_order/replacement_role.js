// Cancel and Replace on the order: indicator and banner that say who replaces whom, and what to work on.
frappe.provide("sales_order_ext.replacement");

Object.assign(sales_order_ext.replacement, {
	/** Where what replaced an order is not what is worked on any more: what is, or that nothing is. */
	what_became(facts, links) {
		if (facts.living?.length) return __("Work on {0} now.", [links(facts.living)]);
		if (!facts.cancelled?.length) return "";
		return __("{0} is cancelled too: amend it, or enter a new order.", [links(facts.cancelled)]);
	},

	show_role(frm, facts) {
		const doc = frm.doc;
		const link = (name) => (name ? sales_order_ext.link("Sales Order", name) : "");
		const links = (names, other) => (names?.length ? names : [other]).map(link).join(", ");
		const by = links(facts.replacements, doc.soe_replacement_order);
		if (doc.soe_replacement_role === "Inverse") {
			frm.page.set_indicator(__("Inverse"), "gray");
			const sentence = __("Reverses {0}, which was replaced by {1}.", [link(doc.soe_canceled_order), by]);
			frm.set_intro(`${sentence} ${this.what_became(facts, links)}`, "orange");
		} else if (doc.soe_is_cancelled) {
			frm.page.set_indicator(__("Cancelled by Replacement"), "red");
			const sentence = __("Replaced by {0}, reversed by {1}.", [by, link(doc.soe_inverse_order)]);
			frm.set_intro(`${sentence} ${this.what_became(facts, links)}`, "orange");
		} else if (doc.soe_replaced_order && doc.docstatus === 0) {
			frm.page.set_indicator(__("Temporary"), "orange");
			const others = (facts.parts || []).filter((name) => name !== doc.name);
			const original = link(doc.soe_replaced_order);
			const sentence = others.length
				? __("Replaces {0} together with {1} once they are confirmed.", [
						original,
						others.map(link).join(", "),
				  ])
				: __("Replaces {0} once it is confirmed.", [original]);
			frm.set_intro(
				`${sentence} ${__("What was delivered, billed or ordered from suppliers stays on it.")}`,
				"blue"
			);
		} else if (doc.soe_replaced_order && doc.docstatus === 2) {
			const original = [link(doc.soe_replaced_order)];
			frm.set_intro(
				facts.was_booked
					? __("Replaced {0}, and is cancelled itself. Amend it to go on with the order.", original)
					: __("Was to replace {0}, and was discarded.", original),
				"orange"
			);
		} else if (doc.soe_replaced_order) {
			frm.set_intro(__("Replaces {0}.", [link(doc.soe_replaced_order)]), "blue");
		} else if (facts.open?.length) {
			frm.set_intro(
				__("The replacement {0} is open. This order stays booked until it is confirmed.", [
					links(facts.open),
				]),
				"blue"
			);
		}
	},
});
