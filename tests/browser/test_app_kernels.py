"""Kernels of the page of `make app`. Claims proved here, without a browser:

- A page comes with the cookie that it needs to end its kernel when it is left, and then can; without it, it cannot.
- Voila is told to cull the kernel of a page that went without a farewell.
"""

import re
from types import SimpleNamespace

from visitor import Visitor

from smwm_lab.runner import app as app_module


def test_a_page_that_is_left_ends_its_kernel(app):
    visitor = Visitor(app.url)
    status, page = visitor.ask(app.page.removeprefix(app.url))
    kernel = re.search(r'"kernelId":\s*"([0-9a-f-]{36})"', page)[1]
    cookies = {cookie.name: cookie.value for cookie in visitor.jar}
    assert status == 200 and "_xsrf" in cookies
    assert visitor.ask(f"/api/kernels/{kernel}")[0] == 200
    assert visitor.ask(f"/voila/api/shutdown/{kernel}", {"_xsrf": ""})[0] == 403
    assert visitor.ask(f"/api/kernels/{kernel}")[0] == 200
    assert visitor.ask(f"/voila/api/shutdown/{kernel}", {"_xsrf": cookies["_xsrf"]})[0] == 204
    assert visitor.ask(f"/api/kernels/{kernel}")[0] == 404


def test_kernels_are_culled_and_capped(tmp_path, monkeypatch):
    """What Voila is told."""
    given = []
    taker = SimpleNamespace(launch_instance=lambda argv: given.extend(argv))
    monkeypatch.setattr(app_module, "app_class", lambda: taker)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    app_module.serve_app(preset="smoke", seed=0, port=8866, token="", open_browser=False)
    timeout = next(each for each in given if "cull_idle_timeout" in each)
    assert timeout == f"--MappingKernelManager.cull_idle_timeout={app_module.CULL_AFTER_S}"
    assert 30 <= app_module.CULL_AFTER_S <= 300 and 1 <= app_module.MAX_KERNELS <= 10
