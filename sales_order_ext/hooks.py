"""The switchboard: which event goes to which room. Nothing else."""

app_name = "sales_order_ext"
app_title = "Sales Order Ext"
app_publisher = "sales_order_ext contributors"
app_description = "Order types, allocation, invoice terms, and cancel and replace for ERPNext sales orders"
app_email = "maintainers@users.noreply.github.com"
app_license = "GPL-3.0-only"
required_apps = ["frappe/erpnext"]

before_install = "sales_order_ext.setup.install.before_install"
after_migrate = [
	"sales_order_ext.setup.workspace.follow_switches",
	"sales_order_ext.order_entry.lines.offer_items",
	"sales_order_ext.setup.indexes.create",
	"sales_order_ext.order_entry.expenses.offer_field",
]
after_install = [
	"sales_order_ext.setup.install.after_install",
	"sales_order_ext.order_entry.expenses.offer_field",
]
after_app_install = "sales_order_ext.order_entry.expenses.offer_field"
after_app_uninstall = "sales_order_ext.order_entry.expenses.withdraw_field"
after_sync = "sales_order_ext.setup.indexes.create"
after_uninstall = "sales_order_ext.setup.uninstall.after_uninstall"

fixtures = [
	{"dt": "Custom Field", "filters": [["module", "=", "Sales Order Ext"]]},
]

app_include_js = "sales_order_ext.bundle.js"
jinja = {
	"methods": ["sales_order_ext.replacement.printing.order_changes"],
	"filters": ["sales_order_ext.markup.soe_clean"],
}
before_request = ["sales_order_ext.replacement.portal.hide_replaced_orders"]
after_request = ["sales_order_ext.again.answer"]
extend_bootinfo = "sales_order_ext.preferences.extend_bootinfo"

_WON_QUOTE = [
	"public/js/won_quote.js",
	"public/js/won_quote/lost.js",
	"public/js/won_quote/pages.js",
	"public/js/won_quote/lines.js",
	"public/js/won_quote/wizard.js",
]
doctype_js = {
	"Sales Order": [
		"public/js/back_orders.js",
		"public/js/choose_rows.js",
		"public/js/sales_order/order_type.js",
		"public/js/sales_order/order_type_steps.js",
		"public/js/sales_order/printing.js",
		"public/js/sales_order/back_orders.js",
		"public/js/order_changes.js",
		"public/js/sales_order/replacement.js",
		"public/js/sales_order/replacement_role.js",
		"public/js/sales_order/lifecycle.js",
		"public/js/sales_order/invoicing.js",
		"public/js/sales_order/payment.js",
		"public/js/progress.js",
		"public/js/sales_order/progress.js",
		"public/js/sales_order/order_entry.js",
		"public/js/sales_order/allocation.js",
		"public/js/sales_order/order_lines.js",
		"public/js/sales_order/returns.js",
		"public/js/sales_order/fulfilment.js",
	],
	"Back Order": ["public/js/back_orders.js"],
	"Sales Invoice": ["public/js/choose_rows.js", "public/js/sales_invoice/invoicing.js"],
	"Customer": ["public/js/customer/invoicing.js"],
	"Quotation": [*_WON_QUOTE, "public/js/quotation/won_quote.js"],
	"Opportunity": [*_WON_QUOTE, "public/js/opportunity/won_quote.js"],
	"Quote Win": _WON_QUOTE,
	"Project": ["public/js/bill_used.js"],
	"Issue": ["public/js/won_quote.js", "public/js/issue/won_quote.js", "public/js/bill_used.js"],
	"Invoice Run": ["public/js/leave_empty.js"],
	"Sales Order Preference": ["public/js/leave_empty.js"],
	"Sales Order Type": ["public/js/leave_empty.js"],
	"Stock Earmark": ["public/js/leave_empty.js"],
}
doctype_list_js = {
	"Back Order": ["public/js/back_orders.js"],
	"Sales Order": [
		"public/js/progress.js",
		"public/js/sales_order/list.js",
		"public/js/sales_order/list_order_type.js",
		"public/js/sales_order/list_replacement.js",
		"public/js/sales_order/invoicing_list.js",
	],
}
doctype_calendar_js = {"Sales Order": "public/js/sales_order/calendar.js"}
override_doctype_dashboards = {
	"Quotation": ["sales_order_ext.won_quote.dashboard.for_quotation"],
	"Opportunity": ["sales_order_ext.won_quote.dashboard.for_opportunity"],
	"Issue": ["sales_order_ext.won_quote.dashboard.for_issue"],
}

has_permission = dict.fromkeys(["Quote Win", "Back Order"], "sales_order_ext.access.has_permission")
permission_query_conditions = dict.fromkeys(["Quote Win", "Back Order"], "sales_order_ext.access.conditions")

# Within one event the order matters: locks first, then the replacement (it locks orders and moves links),
# then types and terms, then reservations on what is left, then the statuses that tell of it all.
doc_events = {
	"Sales Order": {
		"onload": ["sales_order_ext.replacement.events.onload"],
		"before_insert": [
			"sales_order_ext.replacement.events.before_insert",
			"sales_order_ext.order_type.events.order_before_insert",
			"sales_order_ext.order_entry.events.order_before_insert",
		],
		"before_validate": [
			"sales_order_ext.transactions.start_submit",
			"sales_order_ext.lifecycle.events.before_validate",
			"sales_order_ext.replacement.events.before_validate",
			"sales_order_ext.order_type.events.order_before_validate",
			"sales_order_ext.order_entry.events.order_before_validate",
			"sales_order_ext.invoicing.events.before_validate_sales_order",
			"sales_order_ext.allocation.events.order_before_validate",
		],
		"validate": [
			"sales_order_ext.replacement.events.validate",
			"sales_order_ext.order_type.events.order_validate",
			"sales_order_ext.order_entry.events.order_validate",
			"sales_order_ext.invoicing.events.validate_sales_order",
			"sales_order_ext.lifecycle.events.validate",
			"sales_order_ext.fulfilment.events.validate",
			"sales_order_ext.allocation.events.order_validate",
		],
		"before_submit": [
			"sales_order_ext.fulfilment.events.before_submit",
			"sales_order_ext.allocation.events.order_before_submit",
		],
		"on_update": ["sales_order_ext.order_entry.events.order_on_update"],
		"on_submit": [
			"sales_order_ext.replacement.events.on_submit",
			"sales_order_ext.allocation.events.order_on_submit",
			"sales_order_ext.allocation.events.order_gives_holds_back",
			"sales_order_ext.order_type.events.order_on_submit",
			"sales_order_ext.payment.events.on_submit",
		],
		"before_change": ["sales_order_ext.replacement.events.before_change"],
		"on_change": ["sales_order_ext.lifecycle.events.on_change"],
		"before_update_after_submit": [
			"sales_order_ext.lifecycle.events.before_update_after_submit",
			"sales_order_ext.replacement.events.before_update_after_submit",
			"sales_order_ext.order_type.events.order_before_update_after_submit",
			"sales_order_ext.order_entry.events.order_before_update_after_submit",
			"sales_order_ext.invoicing.events.before_update_after_submit_sales_order",
			"sales_order_ext.fulfilment.events.before_update_after_submit",
		],
		"on_update_after_submit": [
			"sales_order_ext.allocation.events.order_on_update_after_submit",
			"sales_order_ext.payment.events.on_update_after_submit",
			"sales_order_ext.order_entry.events.order_on_update",
		],
		"before_cancel": [
			"sales_order_ext.transactions.start_submit",
			"sales_order_ext.replacement.events.before_cancel",
			"sales_order_ext.order_type.events.order_before_cancel",
			"sales_order_ext.order_entry.events.order_before_cancel",
		],
		"on_cancel": [
			"sales_order_ext.replacement.events.on_cancel",
			"sales_order_ext.allocation.events.order_on_cancel",
			"sales_order_ext.payment.events.on_cancel",
		],
		"before_print": [
			"sales_order_ext.order_type.events.order_before_print",
			"sales_order_ext.order_entry.events.before_print",
		],
		"on_discard": [
			"sales_order_ext.lifecycle.events.on_discard",
			"sales_order_ext.allocation.events.order_gives_holds_back",
		],
		"on_trash": [
			"sales_order_ext.allocation.events.order_gives_holds_back",
			"sales_order_ext.allocation.events.order_on_trash",
		],
	},
	"Quotation": {
		"on_submit": ["sales_order_ext.won_quote.events.quotation_on_submit"],
		"on_update_after_submit": ["sales_order_ext.won_quote.events.quotation_on_update_after_submit"],
		"on_cancel": ["sales_order_ext.won_quote.events.quotation_on_cancel"],
	},
	"Opportunity": {
		"on_update": ["sales_order_ext.won_quote.events.opportunity_on_update"],
	},
	"Sales Order Item": {
		"before_insert": [
			"sales_order_ext.replacement.events.before_row_change",
			"sales_order_ext.order_entry.events.row_before_change",
		],
		"before_update_after_submit": [
			"sales_order_ext.replacement.events.before_row_change",
			"sales_order_ext.fulfilment.events.row_before_update_after_submit",
			"sales_order_ext.order_entry.events.row_before_change",
		],
		"before_cancel": [
			"sales_order_ext.replacement.events.before_row_change",
			"sales_order_ext.order_entry.events.row_before_change",
		],
	},
	"Customer": {
		"validate": ["sales_order_ext.invoicing.events.validate_customer"],
	},
	"Delivery Note": {
		"before_mapping": ["sales_order_ext.order_type.events.door_before_mapping"],
		"before_insert": [
			"sales_order_ext.replacement.events.before_insert_of_link",
			"sales_order_ext.order_entry.events.before_insert_of_result",
		],
		"before_validate": [
			"sales_order_ext.transactions.start_submit",
			"sales_order_ext.order_entry.events.before_validate_lines",
			"sales_order_ext.order_type.events.door_validate",
		],
		"before_print": ["sales_order_ext.order_entry.events.before_print"],
		"before_submit": ["sales_order_ext.replacement.events.before_submit_of_link"],
		"on_submit": [
			"sales_order_ext.allocation.events.delivery_on_submit",
			"sales_order_ext.lifecycle.events.on_submit",
		],
		"before_cancel": ["sales_order_ext.transactions.start_submit"],
		"on_cancel": [
			"sales_order_ext.allocation.events.delivery_on_cancel",
			"sales_order_ext.lifecycle.events.on_cancel",
			"sales_order_ext.order_entry.events.result_on_cancel",
		],
	},
	"Sales Invoice": {
		"before_mapping": ["sales_order_ext.order_type.events.door_before_mapping"],
		"before_print": ["sales_order_ext.order_entry.events.before_print"],
		"before_insert": [
			"sales_order_ext.invoicing.events.before_insert_sales_invoice",
			"sales_order_ext.replacement.events.before_insert_of_link",
			"sales_order_ext.order_entry.events.before_insert_of_result",
		],
		"before_validate": [
			"sales_order_ext.transactions.start_submit",
			"sales_order_ext.invoicing.events.before_validate_sales_invoice",
			"sales_order_ext.order_entry.events.before_validate_lines",
			"sales_order_ext.payment.events.before_validate",
			"sales_order_ext.order_type.events.door_validate",
		],
		"validate": [
			"sales_order_ext.invoicing.events.validate_sales_invoice",
			"sales_order_ext.payment.events.validate",
		],
		"before_submit": ["sales_order_ext.replacement.events.before_submit_of_link"],
		"on_submit": [
			"sales_order_ext.allocation.events.delivery_on_submit",
			"sales_order_ext.payment.events.on_submit",
			"sales_order_ext.lifecycle.events.on_submit",
			"sales_order_ext.order_entry.events.result_on_submit",
		],
		"before_cancel": [
			"sales_order_ext.transactions.start_submit",
			"sales_order_ext.payment.events.before_cancel",
		],
		"on_cancel": [
			"sales_order_ext.allocation.events.delivery_on_cancel",
			"sales_order_ext.payment.events.on_cancel",
			"sales_order_ext.lifecycle.events.on_cancel",
			"sales_order_ext.order_entry.events.result_on_cancel",
		],
	},
	"POS Invoice": {
		"before_mapping": ["sales_order_ext.order_type.events.door_before_mapping"],
		"before_insert": ["sales_order_ext.replacement.events.before_insert_of_link"],
		"before_validate": ["sales_order_ext.order_type.events.door_validate"],
		"before_submit": ["sales_order_ext.replacement.events.before_submit_of_link"],
	},
	"Pick List": {
		"before_mapping": ["sales_order_ext.order_type.events.door_before_mapping"],
		"before_insert": ["sales_order_ext.replacement.events.before_insert_of_link"],
		"before_validate": ["sales_order_ext.order_type.events.door_validate"],
		"before_submit": ["sales_order_ext.replacement.events.before_submit_of_link"],
	},
	"Stock Entry": {
		"before_validate": ["sales_order_ext.transactions.start_submit"],
		"before_cancel": ["sales_order_ext.transactions.start_submit"],
	},
	"Stock Reconciliation": {
		"before_cancel": ["sales_order_ext.transactions.start_submit"],
	},
	"Purchase Receipt": {
		"before_validate": ["sales_order_ext.transactions.start_submit"],
		"before_submit": ["sales_order_ext.order_type.events.receipt_before_submit"],
		"on_submit": ["sales_order_ext.order_type.events.receipt_on_submit"],
		"before_cancel": [
			"sales_order_ext.transactions.start_submit",
			"sales_order_ext.order_type.events.receipt_before_cancel",
		],
		"on_cancel": ["sales_order_ext.order_type.events.receipt_on_cancel"],
	},
	"Purchase Invoice": {
		"before_validate": ["sales_order_ext.transactions.start_submit"],
		"before_submit": ["sales_order_ext.order_type.events.receipt_before_submit"],
		"on_submit": ["sales_order_ext.order_type.events.receipt_on_submit"],
		"before_cancel": [
			"sales_order_ext.transactions.start_submit",
			"sales_order_ext.order_type.events.receipt_before_cancel",
		],
		"on_cancel": ["sales_order_ext.order_type.events.receipt_on_cancel"],
	},
	"Stock Reservation Entry": {
		"before_insert": [
			"sales_order_ext.allocation.events.entry_before_insert",
			"sales_order_ext.replacement.events.before_insert_of_link",
		],
		"before_validate": ["sales_order_ext.transactions.start_submit"],
		"before_submit": ["sales_order_ext.replacement.events.before_submit_of_link"],
		"on_submit": ["sales_order_ext.allocation.events.entry_on_change"],
		"before_update_after_submit": ["sales_order_ext.transactions.start_submit"],
		"on_update_after_submit": ["sales_order_ext.allocation.events.entry_on_change"],
		"before_cancel": ["sales_order_ext.transactions.start_submit"],
		"on_cancel": [
			"sales_order_ext.allocation.events.entry_on_change",
			"sales_order_ext.allocation.events.entry_on_cancel",
		],
	},
	"Payment Entry": {
		"before_insert": ["sales_order_ext.replacement.events.before_insert_of_link"],
		"before_validate": ["sales_order_ext.payment.events.before_validate"],
		"before_submit": ["sales_order_ext.replacement.events.before_submit_of_link"],
		"before_update_after_submit": ["sales_order_ext.payment.events.before_update_after_submit"],
		"on_update_after_submit": ["sales_order_ext.payment.events.on_update_after_submit"],
		"on_submit": ["sales_order_ext.payment.events.on_submit"],
		"before_cancel": ["sales_order_ext.payment.events.before_cancel"],
		"on_cancel": ["sales_order_ext.payment.events.on_cancel"],
	},
	"Journal Entry": {
		"before_insert": ["sales_order_ext.replacement.events.before_insert_of_link"],
		"before_validate": ["sales_order_ext.payment.events.before_validate"],
		"before_submit": ["sales_order_ext.replacement.events.before_submit_of_link"],
		"before_update_after_submit": ["sales_order_ext.payment.events.before_update_after_submit"],
		"on_submit": ["sales_order_ext.payment.events.on_submit"],
		"before_cancel": ["sales_order_ext.payment.events.before_cancel"],
		"on_cancel": ["sales_order_ext.payment.events.on_cancel"],
	},
	"Unreconcile Payment": {
		"before_validate": ["sales_order_ext.payment.events.before_validate"],
		"on_submit": ["sales_order_ext.payment.events.on_submit"],
	},
	"Payment Ledger Entry": {
		"on_submit": ["sales_order_ext.payment.events.on_submit_ledger_entry"],
	},
	"Advance Payment Ledger Entry": {
		"on_submit": ["sales_order_ext.payment.events.on_submit_ledger_entry"],
	},
	"Email Queue": {
		"before_insert": ["sales_order_ext.replacement.events.before_insert_of_mail"],
	},
	"Kanban Board": {
		"on_update": ["sales_order_ext.lifecycle.events.on_update_board"],
	},
	"Communication": {
		"on_change": ["sales_order_ext.lifecycle.events.on_change_communication"],
	},
	"Sales Order Ext Settings": {
		"on_update": [
			"sales_order_ext.allocation.events.preferences_on_update",
			"sales_order_ext.payment.events.on_update_preferences",
			"sales_order_ext.lifecycle.events.on_update_preferences",
			"sales_order_ext.replacement.events.on_update_preferences",
			"sales_order_ext.order_entry.events.on_update_preferences",
			"sales_order_ext.setup.workspace.follow_switches",
		],
	},
	"Sales Order Preference": {
		"on_update": [
			"sales_order_ext.allocation.events.preferences_on_update",
			"sales_order_ext.payment.events.on_update_preferences",
			"sales_order_ext.lifecycle.events.on_update_preferences",
			"sales_order_ext.replacement.events.on_update_preferences",
			"sales_order_ext.order_entry.events.on_update_preferences",
			"sales_order_ext.setup.workspace.follow_switches",
		],
		"after_delete": [
			"sales_order_ext.replacement.events.on_update_preferences",
			"sales_order_ext.setup.workspace.follow_switches",
		],
	},
	"Payment Request": {
		"before_insert": ["sales_order_ext.replacement.events.before_insert_of_link"],
		"before_submit": ["sales_order_ext.replacement.events.before_submit_of_link"],
	},
	"Purchase Order": {
		"before_insert": ["sales_order_ext.replacement.events.before_insert_of_link"],
		"before_submit": ["sales_order_ext.replacement.events.before_submit_of_link"],
		"on_change": ["sales_order_ext.allocation.events.purchase_on_change"],
	},
	"Stock Ledger Entry": {
		"on_submit": ["sales_order_ext.allocation.events.stock_on_submit"],
	},
	"Material Request": {
		"before_insert": ["sales_order_ext.replacement.events.before_insert_of_link"],
		"before_submit": ["sales_order_ext.replacement.events.before_submit_of_link"],
	},
	"Work Order": {
		"before_insert": ["sales_order_ext.replacement.events.before_insert_of_link"],
		"before_submit": ["sales_order_ext.replacement.events.before_submit_of_link"],
	},
}

# Our own hook, open to other apps: called with original, replacement (a document) and inverse when an order
# has been replaced. Both others are written without document events.
sales_order_replaced = [
	"sales_order_ext.order_entry.events.order_replaced",
	"sales_order_ext.allocation.events.order_replaced",
	"sales_order_ext.payment.events.order_replaced",
	"sales_order_ext.lifecycle.events.order_replaced",
]

# Our own hook, open to other apps: what they keep beside an order's amounts, by table ("header" for the order's
# own fields). Its inverse has them reversed. These are the fields of India Compliance.
sales_order_amounts = {
	"items": [
		"taxable_value",
		"cgst_amount",
		"sgst_amount",
		"igst_amount",
		"cess_amount",
		"cess_non_advol_amount",
	],
}

# Our own hooks, open to other apps as well: what orders store is compared with what their documents say, and
# stored anew. See sales_order_ext/integrity.py.
sales_order_integrity = [
	"sales_order_ext.payment.integrity.check",
	"sales_order_ext.lifecycle.integrity.check",
	"sales_order_ext.allocation.integrity.check",
]
sales_order_repair = [
	"sales_order_ext.payment.integrity.repair",
	"sales_order_ext.lifecycle.integrity.repair",
	"sales_order_ext.allocation.integrity.repair",
]

scheduler_events = {
	"all": ["sales_order_ext.allocation.jobs.sweep"],
	"cron": {
		"*/5 * * * *": ["sales_order_ext.allocation.jobs.sweep_holds"],
		# After midnight's daily jobs, which move orders to Overdue.
		"30 2 * * *": ["sales_order_ext.integrity.nightly"],
	},
	"hourly": ["sales_order_ext.invoicing.jobs.resume_left_behind"],
	"daily": [
		"sales_order_ext.order_type.jobs.activate_forward_orders",
		"sales_order_ext.lifecycle.jobs.mark_overdue",
	],
	"daily_long": ["sales_order_ext.invoicing.jobs.run_due"],
}

# The log of a run and lost demand outlive what they name; back orders go with their order.
ignore_links_on_delete = ["Invoice Run Group", "Back Order", "Lost Demand"]
