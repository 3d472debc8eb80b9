"""Traffic: each probe drives the simulator and sums up what came of it."""
