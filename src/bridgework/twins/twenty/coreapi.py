"""The record API in GraphQL: `POST /graphql`, executed root by root without a schema, as the real server does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from bridgework.twins.twenty.documents import Root, document, roots_of
from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.introspection import answer_introspection
from bridgework.twins.twenty.operations import Operations

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

MAX_ROOTS = 20
INTROSPECTION = frozenset({"__schema", "__type"})
# Operations that the server has but keeps from API keys.
FOR_USERS = frozenset(
    {
        "activateWorkflowVersion",
        "deactivateWorkflowVersion",
        "runWorkflowVersion",
        "stopWorkflowRun",
        "createWorkflowVersionStep",
        "updateWorkflowVersionStep",
        "deleteWorkflowVersionStep",
        "createWorkflowVersionEdge",
        "deleteWorkflowVersionEdge",
        "createDraftFromWorkflowVersion",
        "computeStepOutputSchema",
    }
)
Answer = dict[str, Any]


def located(error: GraphQLError) -> Answer:
    """A GraphQL error as it is answered."""
    answer: Answer = {"message": error.message.replace("'", '"')}
    if error.locations:
        answer["locations"] = [{"line": where.line, "column": where.column} for where in error.locations]
    return answer


class CoreApi:
    """Answers record requests of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.operations = Operations(workspace)

    def roots(self, body: dict[str, Any]) -> Sequence[Root]:
        """The root fields that would each take a token of the rate limit."""
        roots = roots_of(str(body.get("query") or ""), body.get("operationName"))
        return [] if self._refused(roots) else [root for root in roots if self.operations.find(root.name)]

    def execute(self, body: dict[str, Any], limited: dict[str, Refusal]) -> Answer:
        """The answer to a request; `limited` holds the roots that the rate limit has refused already."""
        text, name = str(body.get("query") or ""), body.get("operationName")
        parsed = document(text)
        if parsed.error is not None:
            return {"errors": [located(parsed.error)]}
        operation = parsed.operation(name)
        if operation is None:
            return {"errors": [{"message": "Must provide an operation."}]}
        roots = roots_of(text, name)
        unknown = [root for root in roots if root.name not in INTROSPECTION and not self.operations.find(root.name)]
        known = [root for root in roots if self.operations.find(root.name)]
        if unknown:
            return _unknown(unknown[0], operation.operation.value, mixed=bool(known))
        refused = self._refused(roots)
        if refused is not None:
            return {"data": {}, "errors": [{"message": refused.message, "extensions": {"code": refused.code}}]}
        answer: Answer = {"data": {}}
        if len(known) < len(roots):
            answer = answer_introspection(self.workspace.model, body)
        self._run(known, body.get("variables") or {}, limited, answer)
        return answer

    def _run(
        self, roots: Sequence[Root], variables: dict[str, Any], limited: dict[str, Refusal], answer: Answer
    ) -> None:
        """Run the roots, the last one first: the server runs them at once, so nobody may rely on their order."""
        data, errors = {}, []
        for root in reversed(roots):
            method, item = self.operations.find(root.name) or ("", None)
            try:
                if root.key in limited:
                    raise limited[root.key]
                if item is not None:
                    data[root.key] = self.operations.run(method, item, root.arguments(variables), root.tree)
            except Refusal as refusal:
                data[root.key] = None
                errors.append(refusal.graphql())
        answer["data"] = {**(answer.get("data") or {}), **data}
        if errors:
            answer["errors"] = [*answer.get("errors", []), *errors]

    def _refused(self, roots: Sequence[Root]) -> Refusal | None:
        if len(roots) > MAX_ROOTS:
            return Refusal(
                f"Query too complex - Too many root resolvers requested: {len(roots)}"
                f" - Maximum allowed root resolvers: {MAX_ROOTS}"
            )
        seen: set[str] = set()
        for root in roots:
            if root.name in seen:
                return Refusal(f'Duplicate root resolver: "{root.name}"')
            seen.add(root.name)
        return None


def _unknown(root: Root, operation: str, *, mixed: bool) -> Answer:
    """The answer where a root field is not one of the record operations."""
    if mixed:
        message = "This query cannot be executed as a single request. Please split it into separate queries."
        return {"errors": [{"message": message, "extensions": {"code": "BAD_USER_INPUT"}}]}
    if root.name in FOR_USERS:
        extensions = {"code": "FORBIDDEN", "userFriendlyMessage": "An error occurred."}
        return {"errors": [{"message": "Forbidden resource", "extensions": extensions}], "data": None}
    message = f'Cannot query field "{root.name}" on type "{operation.capitalize()}".'
    return {"errors": [located(GraphQLError(message, root.node))]}
