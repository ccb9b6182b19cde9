"""Everything that goes wrong with a request is told as a problem document (RFC 9457)."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from primerka.errors import Refused
from primerka.service.logs import log_bug
from primerka.service.problems import Problem, not_found

TITLES = {
    400: "The request cannot be understood",
    401: "Who is asking?",
    404: "There is nothing here",
    405: "This cannot be done here",
    409: "The request contradicts an earlier one",
    413: "Too large",
    415: "Not a form we read",
    422: "The request cannot be carried out",
    429: "Too many requests",
    500: "Our mistake",
    503: "Not ready",
}
# Refusals that have a status of their own; all others are 422.
STATUS = {"file_too_large": 413, "too_many_pixels": 413}


class ProblemDocument(BaseModel):
    """RFC 9457."""

    type: str = Field(examples=["/problems/no_person"])
    title: str
    status: int
    code: str = Field(description="Stable, for programs.")
    detail: str = Field(description="One kind sentence, for people.")
    instance: str


def documented(*statuses: int) -> dict:
    """The problems of a route, for the OpenAPI document."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    return {status: {"description": TITLES[status], "content": content} for status in statuses}


def respond(request: Request, problem: Problem) -> JSONResponse:
    document = ProblemDocument(
        type=f"/problems/{problem.code}",
        title=TITLES.get(problem.status, "The request failed"),
        status=problem.status,
        code=problem.code,
        detail=problem.detail,
        instance=request.url.path,
    )
    return JSONResponse(document.model_dump(), problem.status, headers=problem.headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem):
        request.state.code = error.code
        return respond(request, error)

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused):
        request.state.code = error.code
        return respond(request, Problem(STATUS.get(error.code, 422), error.code, str(error)))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError):
        wrong = "; ".join(
            sorted({f"{'.'.join(str(part) for part in entry['loc'])}: {entry['msg']}" for entry in error.errors()})
        )
        return respond(request, Problem(422, "invalid_request", f"{wrong}."))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException):
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "invalid_request")
        detail = not_found().detail if error.status_code == 404 else str(error.detail)
        return respond(request, Problem(error.status_code, code, detail, dict(error.headers or {})))

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception):
        log_bug("request failed", route=getattr(request.scope.get("route"), "path", None))
        return respond(request, Problem(500, "internal_error", "Something went wrong on our side; try again later."))
