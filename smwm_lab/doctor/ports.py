"""The port of the app on this machine."""

import socket

from smwm_lab.doctor.finding import Finding, fail, ok, warn


HOST, APP_PORT = "127.0.0.1", 8866
"""Where `smwm-lab app` serves unless it is told otherwise."""


def look_at_port() -> Finding:
    """Try to listen where the app would, and where the system likes."""
    free = _listened(0)
    if free is None:
        return fail(
            f"no program can listen on {HOST}", "allow it in the firewall or sandbox; notebooks and app both need it"
        )
    if _listened(APP_PORT) is None:
        return warn(f"port {APP_PORT} is taken", f"end what uses it, or: smwm-lab app --port {free}")
    return ok(f"port {APP_PORT} is free for the app")


def _listened(port: int) -> int | None:
    """Return the port that could be listened on (0: any), None if it could not."""
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return None
        return probe.getsockname()[1]
