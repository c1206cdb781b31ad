# Writes a policy as JSON, which the configuration reads as the YAML it is.
# SPDX-License-Identifier: Apache-2.0
import json
from decimal import Decimal


def dumped(value):
    """JSON with decimals as they are written."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        members = (f"{json.dumps(key)}: {dumped(each)}" for key, each in value.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dumped, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
