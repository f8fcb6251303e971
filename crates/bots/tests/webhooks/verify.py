import base64, hashlib, hmac, time

def verify(secret, headers, body, now=None, tolerance=300):
    """The event's id if the request is genuine and fresh, or else None. `headers` in lower case, `body` as bytes."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    event, moment = headers["webhook-id"], headers["webhook-timestamp"]
    if abs((time.time() if now is None else now) - int(moment)) > tolerance:
        return None
    mac = hmac.new(key, f"{event}.{moment}.".encode() + body, hashlib.sha256).digest()
    ours = "v1," + base64.b64encode(mac).decode()
    theirs = headers["webhook-signature"].split(" ")
    return event if any(hmac.compare_digest(ours, one) for one in theirs) else None
