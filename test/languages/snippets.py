"""Runs the examples of the README, of docs/ and of docstrings in Python, as jsii has translated them:

    python snippets.py <.jsii.tabl.json> <default.ts-fixture>

Each runs in a stack of its own. The names that it may use are those of the fixture; what it only declares is made here.
"""

import importlib
import json
import keyword
import re
import sys
import traceback

import aws_cdk
import cdk_iot_fleet_audit as fleet
from aws_cdk import App, Environment, Stack, aws_ec2, aws_iam, aws_iot, aws_kms, aws_s3, aws_sns
from aws_cdk import custom_resources
from constructs import Construct

EMPTY_POLICY = {"Version": "2012-10-17", "Statement": []}

# What makes a value of a type that examples declare, from its scope.
DECLARED = {
    "App": lambda scope: App(),
    "AccountAuditConfiguration": lambda scope: fleet.AccountAuditConfiguration(scope, "Configuration"),
    "AuditEvents": lambda scope: fleet.AuditEvents(
        scope, "Events", notification_topic=fleet.AuditNotificationTopic(scope, "Topic")
    ),
    "AuditNotificationTopic": lambda scope: fleet.AuditNotificationTopic(scope, "Topic"),
    "Construct": lambda scope: scope,
    "FleetAudit": lambda scope: fleet.FleetAudit(scope, "Audit"),
    "MitigationAction": lambda scope: fleet.MitigationAction(
        scope, "Action", mitigation=fleet.Mitigation.update_device_certificate()
    ),
    "ScheduledAudit": lambda scope: fleet.ScheduledAudit.from_scheduled_audit_name(scope, "Nightly", "nightly"),
    "ec2.IVpc": lambda scope: aws_ec2.Vpc(scope, "Vpc"),
    "iam.IRole": lambda scope: aws_iam.Role.from_role_name(scope, "Role", "role", mutable=False),
    "iot.CfnAccountAuditConfiguration": lambda scope: aws_iot.CfnAccountAuditConfiguration(
        scope,
        "Configuration",
        account_id=aws_cdk.Aws.ACCOUNT_ID,
        role_arn="arn:aws:iam::111122223333:role/audit",
        audit_check_configurations={"loggingDisabledCheck": {"enabled": True}},
    ),
    "iot.CfnPolicy": lambda scope: aws_iot.CfnPolicy(scope, "Policy", policy_document=EMPTY_POLICY),
    "iot.CfnThingGroup": lambda scope: aws_iot.CfnThingGroup(scope, "Group"),
    "kms.IKey": lambda scope: aws_kms.Key(scope, "Key"),
    "str": lambda scope: "0f1e2d3c",
    "s3.Bucket": lambda scope: aws_s3.Bucket(scope, "Bucket"),
    "sns.ITopic": lambda scope: aws_sns.Topic(scope, "Topic"),
    "sns.Topic": lambda scope: aws_sns.Topic(scope, "Topic"),
}


def names_of(fixture: str) -> dict:
    """The names that the fixture imports, as the translations call them."""
    names = {**vars(custom_resources), **vars(aws_cdk), **vars(fleet), "Construct": Construct}
    for name, module in re.findall(r"^import \* as (\w+) from 'aws-cdk-lib/([\w-]+)';$", fixture, re.MULTILINE):
        snake = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
        names[f"{snake}_" if keyword.iskeyword(snake) else snake] = importlib.import_module("aws_cdk." + module.replace("-", "_"))
    return names


def run(source: str, names: dict) -> None:
    stack = Stack(App(), "Stack", env=Environment(account="111122223333", region="eu-west-1"))
    scope = {**names, "self": stack}
    for name, type_name in re.findall(r"^# (\w+): ([\w.]+)$", source, re.MULTILINE):
        scope[name] = DECLARED[type_name](Construct(stack, f"Declared{name}") if type_name != "Construct" else stack)
    exec(compile(source, "example", "exec"), scope)


def main(tablet: str, fixture: str) -> int:
    with open(fixture, encoding="utf-8") as file:
        names = names_of(file.read())
    with open(tablet, encoding="utf-8") as file:
        snippets = json.load(file)["snippets"].values()
    failed = 0
    for snippet in snippets:
        source = snippet["translations"]["python"]["source"]
        try:
            run(source, names)
        except Exception:
            failed += 1
            location = snippet["location"]
            print(f"{json.dumps(location)}\n{source}\n{traceback.format_exc(limit=-1)}", file=sys.stderr)
    print(f"{len(snippets) - failed} of {len(snippets)} examples run")
    return 1 if failed else 0


sys.exit(main(*sys.argv[1:]))
