"""Who may open the page of `make app`, asked of a running server, without a browser. Claims proved here:

- Without its token every address answers 403 and says in one line what to do: page, data, kernels, websocket.
- The token opens the page; the cookie that comes with it does the rest: reload, data, kernels, websocket.
- Another host's name is refused, with the token and without.
- The cap on pages, the farewell of a page and the end of kernels whose page is gone work behind the token.
- A browser is sent to the address through a file: no command line holds the token.
- --no-token admits all; a token that cannot stand in an address is refused in one line.
"""

import http.client
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from servers import Server, free_port
from visitor import Visitor

from smwm_lab.cli.app import command
from smwm_lab.errors import InputError
from smwm_lab.runner.app_access import NO_TOKEN, WRONG_HOST, app_address, check_token, new_token


TOKEN = "a-token_of.tests~"
STATIC = "/voila/templates/lab/static/voila.js"
CULL_AFTER_S = 20
"""Longer than a kernel takes to start, or it would be culled while its page is being made."""
CODE = f"""
import sys
from smwm_lab.runner import app
app.CELL, app.MAX_KERNELS, app.CULL_AFTER_S, app.CULL_EVERY_S = "1 + 1", 1, {CULL_AFTER_S}, 1
app.serve_app(preset="smoke", seed=0, port=int(sys.argv[1]), token=sys.argv[2], open_browser=len(sys.argv[2]) > 0)
"""
"""The app around a page that is quickly made, one of which may be open at a time."""
NO_KERNEL = "00000000-0000-0000-0000-000000000000"
ADDRESSES = ["/", "/elsewhere", STATIC, "/voila/static/", "/voila/files/page.png", "/voila/labextensions/x.js"]
ADDRESSES += ["/login", "/voila/api/themes/x.css", f"/api/kernels/{NO_KERNEL}", f"/api/kernels/{NO_KERNEL}/channels"]
BROWSER = '#!/bin/sh\necho "$1" > "$0.argument"\ncp "${1#file://}" "$0.page"\n'
"""A browser that keeps what it was started with."""


def start(folder: Path, token: str) -> Server:
    port = free_port()
    arguments = ["-c", CODE, str(port), token]
    return Server(arguments, folder=folder, port=port, ready=STATIC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("access")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    browser = folder / "browser"
    browser.write_text(BROWSER)
    browser.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER", f"{browser} %s")
        running = start(folder, TOKEN)
    yield running
    running.stop()


@pytest.fixture
def guest(server: Server) -> Visitor:
    """A visitor who has the token's cookie, with the page that it came with open."""
    visitor = Visitor(server.url)
    status, visitor.page = visitor.ask(f"/?token={TOKEN}")
    assert status == 200
    yield visitor
    leave(visitor, visitor.page)


def kernel_of(page: str) -> str:
    return re.search(r'"kernelId":\s*"([0-9a-f-]{36})"', page)[1]


def leave(visitor: Visitor, page: str) -> int:
    """Say farewell as a page does; return the status: 204, or 404 where the kernel is gone already."""
    cookies = {cookie.name: cookie.value for cookie in visitor.jar}
    return visitor.ask(f"/voila/api/shutdown/{kernel_of(page)}", {"_xsrf": cookies["_xsrf"]})[0]


def shake_hands(server: Server, kernel: str, cookies: str) -> int:
    """Return the status that the websocket of a kernel answers with: 101 if it opens."""
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]), timeout=60)
    wish = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    connection.request(
        "GET",
        f"/api/kernels/{kernel}/channels",
        headers={**wish, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Cookie": cookies},
    )
    answer = connection.getresponse()
    status = answer.status
    answer.close()
    connection.close()
    return status


@pytest.mark.parametrize("query", ["", "?token=", f"?token={TOKEN[:-1]}"], ids=["none", "empty", "wrong"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_without_the_token_every_address_answers_403_and_says_what_to_do(server, address, query):
    status, text = Visitor(server.url).ask(address + query)
    assert status == 403 and NO_TOKEN in text and "\n" not in text.strip()


def test_without_the_token_nothing_can_be_ended_or_posted(server):
    visitor = Visitor(server.url)
    assert visitor.ask(f"/voila/api/shutdown/{NO_KERNEL}", {"_xsrf": "x"})[0] == 403
    assert visitor.ask("/login", {"password": TOKEN})[0] == 403


def test_the_token_sets_a_cookie_that_opens_all_else(server, guest):
    kernel = kernel_of(guest.page)
    login = next(cookie for cookie in guest.jar if cookie.name.startswith("username-"))
    assert login.has_nonstandard_attr("HttpOnly") and login.get_nonstandard_attr("SameSite") == "Lax"
    assert guest.ask(STATIC)[0] == 200
    assert guest.ask(f"/api/kernels/{kernel}")[0] == 200
    assert "File not allowlisted" in guest.ask("/voila/files/smwm_lab.ipynb")[1]
    assert guest.ask(f"/api/kernels/{NO_KERNEL}")[0] == 404
    assert shake_hands(server, kernel, "") == 403
    assert shake_hands(server, kernel, f"{login.name}={login.value}") == 101


def test_a_page_can_be_loaded_anew_by_its_cookie_and_its_farewell_ends_the_kernel(server, guest):
    status, text = guest.ask("/")
    assert status == 503 and "1 pages are open already; close one and try again" in text, "the cap"
    assert leave(guest, guest.page) == 204
    assert guest.ask(f"/api/kernels/{kernel_of(guest.page)}")[0] == 404
    status, page = guest.ask("/")
    assert status == 200 and kernel_of(page) != kernel_of(guest.page)
    assert leave(guest, page) == 204


def test_a_kernel_whose_page_went_without_farewell_ends(guest):
    address, deadline = f"/api/kernels/{kernel_of(guest.page)}", time.monotonic() + 60
    assert guest.ask(address)[0] == 200
    while guest.ask(address)[0] == 200:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert guest.ask(address)[0] == 404


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1.elsewhere.example:80", "192.0.2.1"])
@pytest.mark.parametrize("address", ["/", STATIC, f"/api/kernels/{NO_KERNEL}"])
def test_the_name_of_another_host_is_refused_with_the_token_and_without(server, address, host):
    for query in ("", f"?token={TOKEN}"):
        status, text = Visitor(server.url).ask(address + query, Host=host)
        assert status == 403 and WRONG_HOST in text


def test_the_browser_is_sent_to_the_address_through_a_file(server, folder):
    deadline = time.monotonic() + 60
    while not (folder / "browser.page").exists() or not (folder / "browser.page").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert TOKEN not in (folder / "browser.argument").read_text()
    assert f"url={server.url}/?token={TOKEN}" in (folder / "browser.page").read_text()


def test_no_token_admits_all_but_the_names_of_other_hosts(tmp_path):
    server = start(tmp_path, "")
    try:
        visitor = Visitor(server.url)
        status, page = visitor.ask("/")
        assert status == 200 and leave(visitor, page) == 204
        assert visitor.ask(STATIC, Host="elsewhere.example")[0] == 403
    finally:
        server.stop()


def test_every_start_has_a_token_of_its_own_that_its_address_carries():
    tokens = {new_token() for _ in range(20)}
    assert len(tokens) == 20 and min(map(len, tokens)) >= 32
    for token in tokens:
        check_token(token)
        assert app_address(8866, token) == f"http://127.0.0.1:8866/?token={token}"
    assert app_address(8866, "") == "http://127.0.0.1:8866/"


@pytest.mark.parametrize("token", ["short", "with space", "a&b=c#d?e/", "é" * 10, "line\nbreak", "x" * 129])
def test_a_token_that_cannot_stand_in_an_address_is_refused(token):
    with pytest.raises(InputError, match="8 to 128 letters, digits"):
        check_token(token)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--token", "with space"], "token = 'with space' cannot be used; allowed: 8 to 128 letters, digits, - . _ ~"),
        (["--token", ""], "token = '' is no token"),
        (["--token", TOKEN, "--no-token"], "--token and --no-token exclude each other"),
    ],
)
def test_the_command_refuses_tokens_in_one_line(arguments, line):
    error = CliRunner().invoke(command, arguments).exception
    assert isinstance(error, InputError) and line in str(error) and "\n" not in str(error)
