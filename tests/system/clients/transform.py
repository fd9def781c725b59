"""The SAM transform, as CloudFormation runs it: `transform.py <template> <result>`."""

import json
import sys

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

with open(sys.argv[1], encoding="utf-8") as source:
    # The region decides nothing here, but the transform wants one.
    result = Translator({}, Parser(), boto3.Session(region_name="eu-central-1")).translate(yaml_parse(source.read()), {})
with open(sys.argv[2], "w", encoding="utf-8") as file:
    # YAML reads a policy's version as a date where it is not quoted.
    json.dump(result, file, indent=1, default=str)
