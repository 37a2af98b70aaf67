"""What the scripts of a form and of the portal add: an origin, a key, a token, a proof of work, a code that there is. The tester makes up
everything else.

What it made up against the document stays as it is: only what the document allows, or what is not there, is put in place.
"""

import base64
import hashlib
import itertools
import json
import os
import re
import time
import urllib.request

import schemathesis

# The least age of a token, with a margin for the rounding of clocks.
AGE = 3.1

KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
MOST = {"_token": 200, "_proof": 4000}

# Challenges of a form that are fetched at once, before its submissions make those that follow harder.
AHEAD = 500

keys = itertools.count()
ready = {}


def opened(base, form):
    """A form's token and challenge."""
    with urllib.request.urlopen(f"{base}/api/forms/{form}/challenge") as answer:
        return json.load(answer)


def prepared(base, form):
    """A token that is old enough, which serves a whole run, and challenges, of which each serves once."""
    if form not in ready:
        each = [opened(base, form) for _ in range(AHEAD)]
        time.sleep(AGE)
        ready[form] = each[0]["token"], iter([one["challenge"] for one in each])
    return ready[form]


def solved(challenge):
    """A challenge's proof: a password is the nonce and a counter, and the key derived from it must begin as the challenge says."""
    asked = challenge["parameters"]
    nonce, salt, prefix = (bytes.fromhex(asked[name]) for name in ("nonce", "salt", "keyPrefix"))
    for counter in itertools.count():
        key = hashlib.pbkdf2_hmac("sha256", nonce + counter.to_bytes(4, "big"), salt, asked["cost"], asked["keyLength"])
        if key.startswith(prefix):
            solution = {"counter": counter, "derivedKey": key.hex()}
            return base64.b64encode(json.dumps({"challenge": challenge, "solution": solution}).encode()).decode()


def allowed(body, name):
    """Whether the document lets a text of the script's be as it is."""
    value = body.get(name, "")
    return isinstance(value, str) and len(value) <= MOST[name]


def portal(base, path, body=None):
    """What the portal answers."""
    headers = {"Origin": base, "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{base}/api/portal/{path}", data, headers)) as answer:
        return json.load(answer)


def attempt(base):
    """A code that opens a project, with the work that is asked for."""
    return {"code": os.environ["PORTAL_CODE"], "_proof": solved(portal(base, "challenge")["challenge"])}


def enter(base, path, body):
    """Puts into a right request what a client has. A wrong one stays as it is."""
    if not isinstance(body, dict) or not all(isinstance(body.get(name, ""), str) for name in ["code", "token", "_proof", "_language"]):
        return
    if path.endswith("/validate") and "code" in body:
        body.update(attempt(base))
    if path.endswith("/refresh") and "token" in body:
        if not ready.get("token"):
            ready["token"] = portal(base, "validate", attempt(base))["token"]
        body["token"] = ready["token"]


def ask(body):
    """Puts into a privacy request what its document says in words: no text in the field that nobody sees, and some where a right needs it."""
    if not isinstance(body, dict):
        return
    trap, message = body.get("company_website", ""), body.get("message", "")
    if isinstance(trap, str) and len(trap) <= 200:
        body["company_website"] = ""
    if isinstance(message, str) and not message.strip():
        body["message"] = "Please."


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.method != "POST":
        return
    if case.path.startswith("/api/portal/"):
        base = case.operation.base_url.rstrip("/")
        case.headers = {**(case.headers or {}), "Origin": base}
        return enter(base, case.path, case.body)
    base, operation = case.operation.base_url.rstrip("/"), case.operation.definition.raw["operationId"]
    case.headers = case.headers or {}
    case.headers["Origin"] = base
    if not operation.startswith("send-"):
        return
    form = operation.removeprefix("send-")
    if form == "privacy-request":
        ask(case.body)
    # The same key twice would be the same submission twice. A browser without a script brings none.
    default = "a-key-of-ours" if case.media_type == "application/json" else ""
    if KEY.fullmatch(case.headers.get("Idempotency-Key", default)):
        case.headers["Idempotency-Key"] = f"tester-{next(keys):08}"
    if case.media_type != "application/json":
        return
    if isinstance(case.body, dict):
        token, challenges = prepared(base, form)
        if allowed(case.body, "_token"):
            case.body["_token"] = token
        if allowed(case.body, "_proof"):
            case.body["_proof"] = solved(next(challenges))
