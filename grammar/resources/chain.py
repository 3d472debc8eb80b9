"""Chains and their rules."""

from __future__ import annotations

from grammar.addresses import NatTargets
from grammar.resources import common
from grammar.resources.common import TRUE_FALSE
from grammar.resources.condition import CONDITION
from grammar.schema import Collection, Field
from grammar.values import Choice, Integer, Reference, Text

CHAIN = Collection(
    "chain",
    "chain",
    "an ordered list of rules",
    (common.ID, common.TENANT, common.NAME),
    children=("rule",),
    of_tenant=True,
    group="filters",
    example="name no-telnet",
    more=(
        "chain list as table",
        "chain chain0 show as commands  # with its rules",
        "router router0 set infilter chain0  # what enters the router passes it",
    ),
    see=("reasons",),
)

RULE_TYPES = (
    "accept",
    "continue",
    "dnat",
    "drop",
    "jump",
    "l2-transform",
    "redirect",
    "reject",
    "return",
    "rev_dnat",
    "rev_snat",
    "snat",
    "trace",
)

RULE = Collection(
    "chain.rule",
    "rule",
    "a rule: a condition and what becomes of packets that meet it",
    (
        *CONDITION,
        common.ID,
        Field("chain", Reference("chain"), "its chain", hidden=True, parent=True),
        Field(
            "pos",
            Integer(1, 1_000_000),
            "its place in the chain, from 1; the first if not given",
            computed=True,
        ),
        Field("type", Choice(RULE_TYPES), "what the rule does", required=True),
        Field(
            "action",
            Choice(("accept", "continue", "return", "redirect")),
            "what follows a translation or l2-transform, accept if not given; clusters know no "
            "redirect but an l2-transform's",
        ),
        Field("jump-to", Reference("chain"), "the chain a jump goes to"),
        Field(
            "target-port",
            Reference("port"),
            "where a redirect goes, which needs one",
            on_delete="cascade",
        ),
        Field("ingress", TRUE_FALSE, "whether a redirect goes into the port"),
        Field("fail-open", TRUE_FALSE, "whether a redirect passes when its port is down"),
        Field("pop-vlan", TRUE_FALSE, "whether the outer VLAN tag is taken off"),
        Field("push-vlan", Integer(0, 4094), "the VLAN tag that is put on"),
        Field("target", NatTargets(), "the addresses a dnat or snat translates to"),
        Field("traceid", Text(), "the trace request a trace rule marks for"),
        Field("tracelimit", Integer(0, 0x7FFFFFFF), "how many packets a trace rule marks"),
    ),
    ordered_by="pos",
    example="src 10.0.0.0/8 proto 6 dst-port 22 type drop",
    more=(
        "chain chain0 rule list as table",
        "chain chain0 add rule pos 1 src !192.168.0.0/16 type reject  # ! negates",
        "chain chain0 add rule dst 192.168.79.7 type dnat action accept target 10.0.0.7",
        "chain chain0 add rule src 10.0.0.7 type rev_dnat action accept  # the way back",
        "chain chain0 add rule type jump jump-to chain3",
        "chain chain0 add rule type l2-transform action redirect target-port bridge1:port1",
        "chain0:rule0 set pos 2  # later in the chain",
    ),
    see=("ping", "nat", "reasons"),
)

COLLECTIONS = (CHAIN, RULE)
