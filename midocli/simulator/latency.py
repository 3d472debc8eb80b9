"""How long things take, in nanoseconds: constants, so that runs repeat exactly."""

#: From a guest's stack (the time ping writes into its data) to its interface.
STACK_NS = 34_000
#: From entering the virtual network at one interface to leaving it at another.
DATAPATH_NS = 100_000
#: From one port to the next inside the virtual network, as captures on interior ports show it.
HOP_NS = 5_000
#: Where in that time a frame that crosses the underlay leaves one host and reaches the other.
UNDERLAY_OUT_NS = 60_000
UNDERLAY_IN_NS = 80_000
#: From a frame's arrival at a guest to the guest's own answer on the same interface.
ANSWER_NS = 20_000

SECOND_NS = 1_000_000_000
