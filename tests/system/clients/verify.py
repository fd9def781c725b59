"""Verifies webhooks with the specification's own library; reads [{"headers", "body"}, ...], prints what each is about.

`verify.py <secret>`; a signature that does not verify ends it.
"""

import json
import sys

from standardwebhooks import Webhook

webhook = Webhook(sys.argv[1])
print(json.dumps([webhook.verify(request["body"], request["headers"])["id"] for request in json.load(sys.stdin)]))
