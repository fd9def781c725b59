"""What a chat-ops program may do with the policy of the template: `permissions.py <policy ARN> <queue URL>...`

Makes a user with that policy and nothing else, tries everything on every queue as that user, and prints JSON:
{"<queue>": {"send": true, "receive": false, ...}, ...}
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError

policy, queues = sys.argv[1], sys.argv[2:]
iam = boto3.client("iam")
iam.create_user(UserName="chat-ops")
iam.attach_user_policy(UserName="chat-ops", PolicyArn=policy)
key = iam.create_access_key(UserName="chat-ops")["AccessKey"]
sqs = boto3.client("sqs", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])


def may(call):
    try:
        call()
        return True
    except ClientError as error:
        if error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException", "AWS.SimpleQueueService.AccessDenied"):
            return False
        raise


print(json.dumps({
    queue.rsplit("/", 1)[-1]: {
        "send": may(lambda: sqs.send_message(QueueUrl=queue, MessageBody="{}")),
        "receive": may(lambda: sqs.receive_message(QueueUrl=queue)),
        "purge": may(lambda: sqs.purge_queue(QueueUrl=queue)),
        "attributes": may(lambda: sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])),
    }
    for queue in queues
}))
