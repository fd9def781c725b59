"""Posts standard input to the queue `post.py <queue URL>`, as any program with AWS credentials would."""

import sys

import boto3

sqs = boto3.client("sqs")
print(sqs.send_message(QueueUrl=sys.argv[1], MessageBody=sys.stdin.read())["MessageId"])
