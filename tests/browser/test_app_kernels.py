"""Kernels of the page of `make app`. Claims proved here, without a browser:

- A page comes with the cookie that it needs to end its kernel when it is left, and then can; without it, it cannot.
- Voila is told to cull the kernel of a page that went without a farewell.
- Only names of this machine are served.
"""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from types import SimpleNamespace

import pytest
from servers import Server

from smwm_lab.runner import app as app_module


class Visitor:
    """Asks a server for pages and keeps its cookies."""

    def __init__(self, server: Server):
        self.url, self.jar = server.url, http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def ask(self, path: str, data: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        """Return status and text of an answer; data: of a form that is sent."""
        form = None if data is None else urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(self.url + path, data=form, headers=headers)
        try:
            with self._opener.open(request, timeout=120) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


@pytest.mark.xdist_group("browser")
def test_a_page_that_is_left_ends_its_kernel(app):
    visitor = Visitor(app)
    status, page = visitor.ask("/")
    kernel = re.search(r'"kernelId":\s*"([0-9a-f-]{36})"', page)[1]
    cookies = {cookie.name: cookie.value for cookie in visitor.jar}
    assert status == 200 and "_xsrf" in cookies
    assert visitor.ask(f"/api/kernels/{kernel}")[0] == 200
    assert visitor.ask(f"/voila/api/shutdown/{kernel}", {"_xsrf": ""})[0] == 403
    assert visitor.ask(f"/api/kernels/{kernel}")[0] == 200
    assert visitor.ask(f"/voila/api/shutdown/{kernel}", {"_xsrf": cookies["_xsrf"]})[0] == 204
    assert visitor.ask(f"/api/kernels/{kernel}")[0] == 404


def test_only_names_of_this_machine_are_served(app):
    assert Visitor(app).ask("/", Host="elsewhere.example")[0] in (400, 403, 404)


def test_kernels_are_culled_and_capped(tmp_path, monkeypatch):
    """What Voila is told."""
    given = []
    taker = SimpleNamespace(launch_instance=lambda argv: given.extend(argv))
    monkeypatch.setattr(app_module, "app_class", lambda: taker)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    app_module.serve_app(preset="smoke", seed=0, port=8866, open_browser=False)
    timeout = next(each for each in given if "cull_idle_timeout" in each)
    assert timeout == f"--MappingKernelManager.cull_idle_timeout={app_module.CULL_AFTER_S}"
    assert 30 <= app_module.CULL_AFTER_S <= 300 and 1 <= app_module.MAX_KERNELS <= 10
