"""What may be said of an endpoint without running it: typed, permission first, POST to write."""

from __future__ import annotations

import ast

from tests.contract.source import Function, Module, Source, body_of, calls_in, dotted, whitelist_of

CHECKS = {"has_permission", "check_permission", "get_doc_permissions", "only_for", "get_list"}
WRITERS = {
	"insert", "save", "submit", "cancel", "delete", "db_set", "db_insert", "db_update", "set_value",
	"set_single_value", "delete_doc", "enqueue", "enqueue_doc", "rename_doc", "bulk_update", "bulk_insert",
}  # fmt: skip
# What the desk sends as JSON.
NESTS = {"dict", "list", "tuple", "set", "Mapping", "Sequence"}
# So many statements may stand before and with the permission check: it may need the document first.
FIRST = 3


def problems(source: Source) -> list[str]:
	"""Return what is wrong with the whitelisted functions of a package."""
	found = []
	for name, (module, function) in source.whitelisted().items():
		complaints = [
			typing_problem(function),
			checking_problem(module, function),
			permission_problem(source, module, function),
		]
		if writes(source, module, function) and not is_post_only(function):
			complaints.append('writes, so it needs methods=["POST"]')
		if is_post_only(function) and not begins_again(function):
			complaints.append("a deadlock may take it back, so it needs @again.after_deadlock")
		found += [f"{name}: {complaint}" for complaint in complaints if complaint]
	return found


def typing_problem(function: Function) -> str | None:
	"""Return what lacks an annotation, or None."""
	arguments = function.args
	everything = [
		*arguments.posonlyargs,
		*arguments.args,
		*arguments.kwonlyargs,
		arguments.vararg,
		arguments.kwarg,
	]
	bare = [one.arg for one in everything if one and not one.annotation and one.arg != "self"]
	if not function.returns:
		bare.append("return")
	return f"no type annotation for {', '.join(bare)}" if bare else None


def checking_problem(module: Module, function: Function) -> str | None:
	"""Return why Frappe would not check the arguments' types: it passes over annotations that are text."""
	if any(target == "__future__.annotations" for target in module.imports.values()):
		return "from __future__ import annotations turns the check of its arguments off"
	arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
	for argument in arguments:
		texts = [node.value for node in ast.walk(argument) if isinstance(node, ast.Constant)]
		if any(isinstance(text, str) for text in texts):
			return f"the annotation of {argument.arg} is text, so it is not checked"
		kinds = {dotted(node) for node in ast.walk(argument) if isinstance(node, ast.Name | ast.Attribute)}
		if kinds & NESTS and "str" not in kinds_beside(argument.annotation):
			return f"{argument.arg} comes from the desk as JSON, so it may also be str"
	return None


def kinds_beside(annotation: ast.expr | None) -> set[str]:
	"""Return the names of the kinds that an annotation allows: the parts of `a | b | c`, without `[...]`."""
	if isinstance(annotation, ast.BinOp):
		return kinds_beside(annotation.left) | kinds_beside(annotation.right)
	return {dotted(annotation.value if isinstance(annotation, ast.Subscript) else annotation)}


def permission_problem(source: Source, module: Module, function: Function) -> str | None:
	"""Return a complaint unless one of the first statements checks a permission before anything is written."""
	for statement in body_of(function)[:FIRST]:
		if checks_permission(source, module, statement):
			return None
		if writes(source, module, statement):
			return "writes before it checks a permission"
	return f"none of the first {FIRST} statements checks a permission (nor does a function they call)"


def checks_permission(source: Source, module: Module, node: ast.AST, depth: int = 3) -> bool:
	"""Return whether a check is called in this node, or in one of our functions that it calls."""
	unused = {id(one.value) for one in ast.walk(node) if isinstance(one, ast.Expr)}
	for call in calls_in(node):
		name = dotted(call.func).split(".")[-1]
		throws = any(word.arg == "throw" for word in call.keywords)
		# The answer of has_permission must be used, or it must throw by itself.
		if name in CHECKS and (name != "has_permission" or throws or id(call) not in unused):
			return True
		if depth and any(
			checks_permission(source, *found, depth - 1) for found in _ours(source, module, call)
		):
			return True
	return False


def writes(source: Source, module: Module, node: ast.AST, seen: frozenset[str] = frozenset()) -> bool:
	"""Return whether this node, or a function of ours that it calls, stores something or enqueues a job."""
	for call in calls_in(node):
		if _is_write(call):
			return True
		target = module.target(call)
		if target not in seen and any(
			writes(source, *found, seen | {target}) for found in _ours(source, module, call)
		):
			return True
	return False


def is_post_only(function: Function) -> bool:
	"""Return whether the function is whitelisted with methods=["POST"] (and perhaps PUT or DELETE)."""
	words = getattr(whitelist_of(function), "keywords", [])
	methods = next((ast.literal_eval(word.value) for word in words if word.arg == "methods"), ["GET"])
	return "GET" not in methods


def begins_again(function: Function) -> bool:
	"""Return whether the function alone begins again: its arguments, and how often it is called, are checked once."""
	return dotted(function.decorator_list[-1]) == "again.after_deadlock"


def _is_write(call: ast.Call) -> bool:
	*owner, name = dotted(call.func).split(".")
	if name in WRITERS:
		is_list_insert = name == "insert" and len(call.args) == 2
		return bool(owner) and not is_list_insert and "cache" not in owner
	return name == "update" and owner[-1:] == ["qb"]


def _ours(source: Source, module: Module, call: ast.Call) -> list[tuple[Module, ast.AST]]:
	"""Return our functions that a call may mean: the one it names, else the room's methods of that name."""
	target = module.target(call)
	found = source.find(target)
	if isinstance(found, Function):
		return [(source.modules[target.rpartition(".")[0]], found)]
	if "." not in target or module.target(call) != dotted(call.func):
		return []
	room, method = ".".join(module.name.split(".")[:2]), target.rpartition(".")[2]
	return [
		(other, function)
		for name, other in source.modules.items()
		if name.startswith(f"{room}.")
		for owner in other.definitions.values()
		if isinstance(owner, ast.ClassDef)
		for function in owner.body
		if isinstance(function, Function) and function.name == method
	]
