"""What the network learns from the traffic, and forgets."""
