"""What is on the wire: frames, the packets in them, and their bytes."""
