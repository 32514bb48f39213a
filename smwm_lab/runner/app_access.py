"""Who may open the page of the widgets: whoever has its token, from this machine.

The token and the cookie that takes its place after the first good request are Jupyter's own (its identity provider).
Voila asks for them at its page and its kernels only, and sends whoever comes without to a form; `guarded` makes a
handler that asks at every address, and answers in one line.
"""

import re
import secrets
from html import escape
from http.client import responses
from typing import Any

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError
from traitlets import default
from voila.voila_identity_provider import VoilaIdentityProvider

from smwm_lab.errors import check


HOST = "127.0.0.1"
TOKEN = re.compile(r"[A-Za-z0-9._~-]{8,128}")
"""What an address can carry as it is, long enough not to be guessed in passing."""
NO_TOKEN = "open the address that `smwm-lab app` printed, with its ?token=...; every start makes a new one"
WRONG_HOST = f"this page has names of this machine only: open it as {HOST} or localhost"


def new_token() -> str:
    """Return a token that nobody can guess (192 bits)."""
    return secrets.token_urlsafe(24)


def check_token(token: str) -> None:
    """Raise an `InputError` unless the token is empty (for none) or can stand in an address."""
    remedy = "leave it out for a random one, or ask for none with --no-token"
    allowed = "8 to 128 letters, digits, - . _ ~"
    check(not token or bool(TOKEN.fullmatch(token)), f"token = {token!r} cannot be used; allowed: {allowed}; {remedy}")


def app_address(port: int, token: str) -> str:
    """Return the address of the page, with its token unless that is empty."""
    return f"http://{HOST}:{port}/" + (f"?token={token}" if token else "")


class TokenProvider(VoilaIdentityProvider):
    """Jupyter's check of token and cookie, without its forms to log in and out."""

    login_available = logout_available = False

    @default("cookie_options")
    def _cookie_options(self) -> dict[str, str]:
        return {"samesite": "Lax"}  # no other site's form or script may use it; a link to the page may


class Guard(JupyterHandler):
    """Refuses every request for another host, or without token and cookie, before anything else is done for it."""

    async def prepare(self, **options: Any) -> Any:
        """Answer 403 in one line, or go on."""
        if not self.check_host():
            raise HTTPError(403, WRONG_HOST)
        if await ensure_async(self.identity_provider.get_user(self)) is None:
            raise HTTPError(403, NO_TOKEN)
        return await super().prepare(**options)

    def write_error(self, status_code: int, **details: Any) -> None:
        """Say in one line what is wrong: to people as a page, to the kernels' interface as Jupyter does.

        Jupyter's pages of errors ask for pictures and styles that Voila does not serve.
        """
        if isinstance(self, APIHandler):
            super().write_error(status_code, **details)
            return
        error = details.get("exc_info", (None, None))[1]
        known = isinstance(error, HTTPError) and error.log_message
        line = error.log_message % error.args if known else responses.get(status_code, "unknown error")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.write(f"<!doctype html><title>smwm_lab: {status_code}</title><p>{status_code}: {escape(line)}</p>\n")


def guarded(handler: type) -> type:
    """Return a handler of tornado's or Jupyter's with the guard before it."""
    return type(f"Guarded{handler.__name__}", (Guard, handler), {})
