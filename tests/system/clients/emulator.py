"""Sets right what the emulator does otherwise than AWS, with the source of each fact in the README beside this folder.
On AWS none of it would change what the deployment can do.
"""

import json

import boto3

# A template's parameter of type Number reaches an event source mapping as a string, and the poller stumbles over it.
functions = boto3.client("lambda")
for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
    limit = int(mapping["ScalingConfig"]["MaximumConcurrency"])
    functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": limit})

# Sending a batch is authorised by sqs:SendMessage; the emulator wants an action that AWS does not have.
iam = boto3.resource("iam")
for function in functions.list_functions()["Functions"]:
    role = iam.Role(function["Role"].rsplit("/", 1)[-1])
    policy = role.Policy("queues-and-logs")
    document = policy.policy_document
    for statement in document["Statement"]:
        if statement["Action"] == "sqs:SendMessage":
            statement["Action"] = ["sqs:SendMessage", "sqs:SendMessageBatch"]
    policy.put(PolicyDocument=json.dumps(document))
