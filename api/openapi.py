"""What the generated OpenAPI document says beyond the views: problems, retry keys, how to sign in."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from api.idempotency import HEADER
from api.problems import MEDIA_TYPE

KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Makes a retry safe for 24 hours: the same key and request give the same answer, done once.",
)
TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "instance": TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": TEXT, "detail": TEXT},
            },
        },
    },
}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """``Authorization: Bearer fp_...``."""

    target_class = "api.authentication.ApiTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "fp_...", "description": "Made by make_token."}


class PortalSchema(AutoSchema):
    """Tags by noun, and the retry key on every POST."""

    def get_tags(self) -> list[str]:
        """The last noun of the address: /incidents/{reference}/runs/{run}/ is about runs."""
        nouns = [part for part in self.path.split("/")[3:] if part and not part.startswith("{")]
        return [nouns[1] if len(nouns) > 1 else nouns[0] if nouns else "root"]

    def get_override_parameters(self) -> list[Any]:
        return [KEY] if self.method == "POST" else []


def describe_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Give every operation the problem document as its other answer."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = {"description": "A problem.", "content": content}
    return result
