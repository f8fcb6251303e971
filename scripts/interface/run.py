#!/usr/bin/env python3
"""Holds the server to the document of its HTTP interface: a private one with something in it is asked for everything,
with a key, by a cookie, and as nobody. No answer may be a server error, or one that the document does not tell of.

    run.py SERVER SCHEMATHESIS [examples for each operation]
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).parent
PASSWORD = "demonstration only"
# Would end the very sign-in by which the rest is asked, or change its password.
OWN = ["sign_in_sign_out", "me_end_sign_in"]
WITHIN_S = 30


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_until_ready(address: str, server: subprocess.Popen) -> None:
    end = time.monotonic() + WITHIN_S
    while time.monotonic() < end:
        if server.poll() is not None:
            sys.exit(f"the server ended with {server.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    sys.exit("the server did not become ready")


def scopes(address: str) -> list[str]:
    """Every one that the document names."""
    with urllib.request.urlopen(f"{address}/api/openapi.json", timeout=10) as answer:
        paths = json.load(answer)["paths"].values()
    ways = [way for path in paths for operation in path.values() for way in operation["security"]]
    return sorted({scope for way in ways for scope in way.get("key", [])})


def sign_in(address: str) -> str:
    """The cookie of the demonstration's admin."""
    body = json.dumps({"email": "admin@demo", "password": PASSWORD}).encode()
    headers = {"Content-Type": "application/json", "Origin": address}
    request = urllib.request.Request(f"{address}/api/v1/sign-in", body, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]


def ask(where: tuple[str, str, str], who: str, shown: str, examples: str | None) -> bool:
    """Asks for everything as `who`; `shown` is what the configuration says of them."""
    schemathesis, address, folder = where
    print(f"== the interface, {who}", flush=True)
    config = pathlib.Path(folder, "schemathesis.toml")
    config.write_text((HERE / "schemathesis.toml").read_text() + shown)
    command = [schemathesis, "--config-file", str(config), "run", f"{address}/api/openapi.json"]
    command += ["--checks", "all", "--seed", "29", "--no-color", "--suppress-health-check", "all"]
    if examples:
        command += ["--max-examples", examples]
    if "sign_in" in shown:
        for operation in OWN:
            command += ["--exclude-operation-id", operation]
    command += ["--header", f"Origin: {address}"]
    return subprocess.run(command, cwd=folder, check=False).returncode == 0


def main() -> int:
    binary, schemathesis = (str(pathlib.Path(word).absolute()) for word in sys.argv[1:3])
    rest = sys.argv[3:]
    examples = rest[0] if rest else None
    with tempfile.TemporaryDirectory(prefix="visavis-interface-") as data:
        http_port, https_port = free_port(), free_port()
        address = f"http://localhost:{http_port}"
        where = ["--data", data, "--http", f"127.0.0.1:{http_port}", "--https", f"127.0.0.1:{https_port}"]
        plenty = {"VISAVIS_LIMITS__KEY_REQUESTS_PER_MINUTE": "1000000", "VISAVIS_DEMO_PASSWORD": PASSWORD}
        log = pathlib.Path(data, "log")
        with log.open("wb") as out:
            server = subprocess.Popen(
                [binary, "serve", "--demo", *where], env={**os.environ, **plenty}, stdout=out, stderr=out
            )
        try:
            wait_until_ready(address, server)
            every = [word for scope in scopes(address) for word in ("--scope", scope)]
            make = [binary, "admin", "create-key", "--data", data, "--name", "Interface", "--for", "admin@demo", *every]
            made = subprocess.run(make, check=True, capture_output=True, text=True).stdout
            key = next(word for word in made.split() if word.startswith("vvk_"))
            cookie = sign_in(address)
            by_key = f'\n[auth.openapi.key]\nbearer = "{key}"\n'
            by_cookie = f'\n[auth.openapi.sign_in]\napi_key = "{cookie}"\n'
            where = (schemathesis, address, data)
            kept = [
                ask(where, "with a key", by_key, examples),
                ask(where, "as nobody", "", examples),
                ask(where, "by a cookie", by_cookie, examples),
            ]
        finally:
            server.terminate()
            server.wait(timeout=WITHIN_S)
        panics = [line for line in log.read_text(errors="replace").splitlines() if "panicked" in line]
        print("\n".join(panics))
        return 0 if all(kept) and not panics else 1


if __name__ == "__main__":
    sys.exit(main())
