// Dialogs in which something is typed: what is refused leaves them open, as they are.
frappe.provide("sales_order_ext");

(() => {
	/**
	 * A dialog that acts once, however often its button is pressed meanwhile, and that stays when Escape
	 * closes a refusal above it: the same key would close both.
	 */
	sales_order_ext.dialog = function ({ primary_action, ...options }) {
		const dialog = new frappe.ui.Dialog({ ...options, primary_action: primary_action && alone(primary_action) });
		const message_is_shown = () => Boolean(frappe.msg_dialog?.$wrapper.is(":visible"));
		dialog.$wrapper.attr("data-keyboard", "false");
		Object.defineProperty(dialog, "no_cancel_flag", { get: message_is_shown });
		return dialog;
	};

	/** Ask for values and `act` on them. The dialog goes when that has succeeded; `done` gets the answer. */
	sales_order_ext.ask = function ({ title, fields, label, act, done }) {
		const dialog = sales_order_ext.dialog({
			title,
			fields,
			primary_action_label: label,
			async primary_action(values) {
				const answer = await act(values);
				dialog.hide();
				done?.(answer);
			},
		});
		dialog.show();
		return dialog;
	};

	function alone(act) {
		let is_busy = false;
		return async (values) => {
			if (is_busy) return;
			is_busy = true;
			try {
				await act(values);
			} catch (refusal) {
				// What the server refuses it has said.
				if (refusal instanceof Error) throw refusal;
			} finally {
				is_busy = false;
			}
		};
	}
})();
