"""Commands that make traffic: each drives the simulator and sums up what came of it."""
