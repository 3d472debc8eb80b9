"""What the virtual network does with a frame: ports, bridges, routers, and what they offer."""
