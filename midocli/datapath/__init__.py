"""The store compiled into the simulator's records, and tables of what the network has learnt."""
