"""What goes wrong with a request. api/problems.py tells it as a problem document (RFC 9457)."""


class Problem(Exception):
    def __init__(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None):
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers or {}


def not_found() -> Problem:
    return Problem(404, "not_found", "There is nothing at this address, or it is not yours.")
