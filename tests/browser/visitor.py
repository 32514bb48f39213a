"""A visitor of a web server without a browser."""

import http.client
import http.cookiejar
import time
import urllib.error
import urllib.parse
import urllib.request


PATIENCE_S = 120


class Visitor:
    """Asks a server for pages and keeps its cookies."""

    def __init__(self, url: str):
        self.url, self.jar = url, http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def ask(self, path: str, data: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        """Return status and text of an answer; data: of a form that is sent."""
        form = None if data is None else urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(self.url + path, data=form, headers=headers)
        try:
            with self._opener.open(request, timeout=PATIENCE_S) as answer:
                return answer.status, _all_of(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


def _all_of(answer: http.client.HTTPResponse) -> str:
    """Return the text of an answer; a page whose kernel is gone never ends, and Voila keeps the line busy."""
    text, deadline = b"", time.monotonic() + PATIENCE_S
    while part := answer.read1(65536):
        text += part
        assert time.monotonic() < deadline, f"the answer does not end; its last part: {part[-200:]!r}"
    return text.decode()
