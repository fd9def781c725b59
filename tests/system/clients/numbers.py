"""Sets what the emulator's CloudFormation leaves wrong: a parameter of type Number reaches an event source mapping
as a string there (see the README beside this folder), and its poller stumbles over it. On AWS this changes nothing.
"""

import boto3

functions = boto3.client("lambda")
for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
    limit = int(mapping["ScalingConfig"]["MaximumConcurrency"])
    functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": limit})
