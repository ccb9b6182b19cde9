"""Requests made up by schemathesis from the OpenAPI document, half of them to things that are there."""

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS

WANTED = ("not_a_server_error", "response_schema_conformance", "status_code_conformance", "content_type_conformance")


def send_made_up_requests(schema, there: dict[str, str], tokens: list[str], examples: int, seed: int | None = None) -> int:
    """Send `examples` requests to each operation; any answer but a documented one raises. Returns how many were sent.

    there: path parameter → a value that exists; tokens: sent in turn
    """
    checks = [check for check in CHECKS.get_all() if check.__name__ in WANTED]
    sent = 0
    for operation in schema.get_all_operations():
        api = operation.ok()
        if (
            api.path.endswith("/events")
            or api.path == "/readyz"
            or (api.method.upper(), api.path) == ("DELETE", "/v1/buyers/{buyer}")
        ):
            continue  # a stream without end; 503 where no worker is; and the buyer is needed to the end

        @settings(
            max_examples=examples,
            derandomize=seed is None,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=api.as_strategy())
        def try_it(case):
            nonlocal sent
            sent += 1
            if sent % 2 and case.path_parameters:
                case.path_parameters = {name: there.get(name, value) for name, value in case.path_parameters.items()}
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {tokens[sent // 2 % len(tokens)]}"}
            case.call_and_validate(checks=checks)

        try_it()
    return sent


def from_app(app):
    return schemathesis.openapi.from_asgi("/v1/openapi.json", app)


def from_url(url: str):
    return schemathesis.openapi.from_url(f"{url}/v1/openapi.json")
