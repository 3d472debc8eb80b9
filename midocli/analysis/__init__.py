"""Who can talk to whom: what is asked of the network as a whole, exactly, without any traffic."""
