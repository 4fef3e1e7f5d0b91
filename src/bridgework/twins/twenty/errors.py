"""How the twin refuses: one exception that knows its GraphQL and its REST shape."""

from __future__ import annotations

from typing import Any

STANDARD_MESSAGE = "An error occurred."


class Refusal(Exception):
    """A request, or one root of it, that Twenty does not carry out."""

    def __init__(  # noqa: PLR0913 - the two shapes of a refusal have that many parts
        self,
        message: str,
        *,
        code: str | None = "BAD_USER_INPUT",
        sub_code: str | None = None,
        friendly: str | None = STANDARD_MESSAGE,
        status: int = 400,
        name: str = "BadRequestException",
        extra: dict[str, Any] | None = None,
        rest: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.sub_code = sub_code
        self.friendly = friendly
        self.status = status
        self.name = name
        self.extra = extra or {}
        self.rest_extra = rest or {}

    def graphql(self) -> dict[str, Any]:
        """The entry in `errors` of a GraphQL answer."""
        extensions: dict[str, Any] = {}
        if self.sub_code is not None:
            extensions["subCode"] = self.sub_code
        if self.friendly is not None:
            extensions["userFriendlyMessage"] = self.friendly
        extensions.update(self.extra)
        if self.code is not None:
            extensions["code"] = self.code
        return {"message": self.message, "extensions": extensions} if extensions else {"message": self.message}

    def rest(self) -> dict[str, Any]:
        """The body of a REST answer."""
        return {"statusCode": self.status, "error": self.name, "messages": [self.message], **self.rest_extra}


def bad_data(message: str, friendly: str = STANDARD_MESSAGE) -> Refusal:
    """A value that does not fit its field."""
    return Refusal(message, sub_code="INVALID_ARGS_DATA", friendly=friendly)


def bad_filter(message: str, friendly: str = STANDARD_MESSAGE) -> Refusal:
    """A filter that cannot be applied."""
    return Refusal(message, sub_code="INVALID_ARGS_FILTER", friendly=friendly)


def bad_query(message: str, friendly: str = STANDARD_MESSAGE, sub_code: str = "INVALID_QUERY_INPUT") -> Refusal:
    """Arguments that do not have the expected shape."""
    return Refusal(message, sub_code=sub_code, friendly=friendly)


def not_found() -> Refusal:
    """A record that is not there, or no longer."""
    return Refusal(
        "Record not found",
        code="NOT_FOUND",
        sub_code="RECORD_NOT_FOUND",
        friendly="This record does not exist or has been deleted.",
        status=404,
        name="NotFoundException",
    )


def forbidden() -> Refusal:
    """What an API key may never do."""
    return Refusal(
        "Entity performing the request does not have permission",
        code="FORBIDDEN",
        sub_code="PERMISSION_DENIED",
        friendly="User does not have permission.",
        status=403,
        name="ForbiddenException",
    )


def limit_reached(limit: int, window: int) -> Refusal:
    """The token bucket is empty."""
    return Refusal(
        f"Limit reached ({limit} tokens per {window} ms)",
        sub_code="LIMIT_REACHED",
        friendly="Rate limit reached. Please try again later.",
        status=429,
        name="HttpException",
    )
