"""Fields that many collections share, and the value types behind them."""

from __future__ import annotations

from grammar.addresses import Mac
from grammar.schema import Field
from grammar.values import Choice, ListOf, Reference, Text, Truth, Uuid

UP_DOWN = Choice(("up", "down"))
YES_NO = Truth("yes", "no")
TRUE_FALSE = Truth("true", "false")
MAC = Mac()
MIRRORS = ListOf(Reference("mirror"))

ID = Field("id", Uuid(), "its UUID", hidden=True, read_only=True, computed=True)
TENANT = Field("tenant", Text("a tenant id"), "the tenant that owns it", hidden=True)
NAME = Field("name", Text("a name"), "its name")
STATE = Field("state", UP_DOWN, "administrative state; down drops what arrives", default="up")


def chain_field(name: str, help: str) -> Field:
    """A field that names a chain of rules."""
    return Field(name, Reference("chain"), help, clearable=True)


def mirror_field(name: str, help: str) -> Field:
    """A field that lists mirrors."""
    return Field(name, MIRRORS, help, clearable=True)


INFILTER = chain_field("infilter", "the chain that frames pass on their way in")
OUTFILTER = chain_field("outfilter", "the chain that frames pass on their way out")
IN_MIRRORS = mirror_field("in-mirrors", "mirrors of what comes in")
OUT_MIRRORS = mirror_field("out-mirrors", "mirrors of what goes out")
POST_IN_MIRRORS = mirror_field("post-in-filter-mirrors", "mirrors of what passed the infilter")
PRE_OUT_MIRRORS = mirror_field("pre-out-filter-mirrors", "mirrors of what is about to leave")
PEER = Field(
    "peer", Reference("port"), "the port at the other end of a virtual link", clearable=True
)
QOS_POLICY = Field(
    "qos-policy", Reference("qos-policy"), "marks and limits for its traffic", clearable=True
)
PLUGGED = Field(
    "plugged",
    YES_NO,
    "whether it is bound to an interface that is up, on a host that is alive",
    read_only=True,
    computed=True,
)
