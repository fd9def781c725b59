"""The SAM transform, as CloudFormation runs it: `transform.py <template> <result>`."""

import json
import os
import sys

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

# The transform wants one; nothing in the template depends on it.
os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
with open(sys.argv[1], encoding="utf-8") as source:
    result = Translator({}, Parser()).translate(yaml_parse(source.read()), {})
with open(sys.argv[2], "w", encoding="utf-8") as file:
    # YAML reads a policy's version as a date where it is not quoted.
    json.dump(result, file, indent=1, default=str)
