"""QoS policies: DSCP marks and bandwidth limits."""

from __future__ import annotations

from grammar.resources import common
from grammar.schema import Collection, Field
from grammar.values import Integer, Reference, Text

_POLICY = Field("policy", Reference("qos-policy"), "its policy", hidden=True, parent=True)

QOS_POLICY = Collection(
    "qos-policy",
    "qos-policy",
    "marks and limits for ports and bridges",
    (
        common.ID,
        common.TENANT,
        common.NAME._replace(clearable=True),
        Field("description", Text(), "what it is for", clearable=True),
        Field("shared", common.TRUE_FALSE, "whether other tenants may use it"),
    ),
    children=("dscp-rule", "bw-limit-rule"),
    group="filters",
    example="name gold",
)

DSCP_RULE = Collection(
    "qos-policy.dscp-rule",
    "qos-dscp-rule",
    "sets the DSCP of IPv4 frames",
    (common.ID, _POLICY, Field("dscp-mark", Integer(0, 63), "the DSCP value", required=True)),
    example="dscp-mark 46",
)

BANDWIDTH_RULE = Collection(
    "qos-policy.bw-limit-rule",
    "qos-bw-limit-rule",
    "limits bandwidth",
    (
        common.ID,
        _POLICY,
        Field("max-kbps", Integer(0, 0x7FFFFFFF, "kbit/s"), "the rate", required=True),
        Field("max-burst-kb", Integer(0, 0x7FFFFFFF, "kbit"), "the burst", clearable=True),
    ),
    example="max-kbps 10000 max-burst-kb 1000",
)

COLLECTIONS = (QOS_POLICY, DSCP_RULE, BANDWIDTH_RULE)
