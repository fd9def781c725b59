"""Signs requests as products do and sends them; reads and prints JSON.

Input: [{"url", "scheme", "secret", "body", "contentType"?, "id"?, "ageSeconds"?, "header"?, "headers"?,
"sentBody"?}, ...]. `ageSeconds`
is how long ago it was signed, where the scheme signs a time; `headers` replaces headers after signing (null takes one
away), `sentBody` the body. Output: [{"status", "contentType", "body", "headers"}, ...]; `headers` is what was sent.

Standard Webhooks and Slack are signed by their own libraries (standardwebhooks, slack_sdk). Jira (WebSub, the header
X-Hub-Signature), outgoing webhooks of Microsoft Teams and ServiceNow's scripts have none: an HMAC of the standard library.
"""

import base64
import hashlib
import hmac
import json
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone

from slack_sdk.signature import SignatureVerifier
from standardwebhooks import Webhook


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256)


def signed(request):
    secret, body = request["secret"], request["body"]
    at = int(time.time()) - request.get("ageSeconds", 0)
    match request["scheme"]:
        case "standard":
            moment = datetime.fromtimestamp(at, tz=timezone.utc)
            return {
                "webhook-id": request["id"],
                "webhook-timestamp": str(at),
                "webhook-signature": Webhook(secret).sign(request["id"], moment, body),
            }
        case "slack":
            signature = SignatureVerifier(secret).generate_signature(timestamp=str(at), body=body)
            return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": signature}
        case "jira":
            return {"X-Hub-Signature": "sha256=" + mac(secret.encode(), body).hexdigest(),
                    "X-Atlassian-Webhook-Identifier": request["id"]}
        case "teams":
            digest = mac(base64.b64decode(secret), body).digest()
            return {"Authorization": "HMAC " + base64.b64encode(digest).decode()}
        case "shared-key":
            digest = mac(secret.encode(), f"{at}.{body}").digest()
            return {"X-Timestamp": str(at), request["header"]: base64.b64encode(digest).decode()}


def send(request):
    headers = {"Content-Type": request.get("contentType", "application/json"), **signed(request)}
    headers.update(request.get("headers", {}))
    headers = {name: value for name, value in headers.items() if value is not None}
    call = urllib.request.Request(request["url"], request.get("sentBody", request["body"]).encode(), headers, method="POST")
    try:
        answer = urllib.request.urlopen(call, timeout=30)
    except urllib.error.HTTPError as refusal:
        answer = refusal
    with answer:
        body = answer.read().decode()
        return {"status": answer.status, "contentType": answer.headers["Content-Type"], "body": body, "headers": headers}


print(json.dumps([send(request) for request in json.load(sys.stdin)]))
