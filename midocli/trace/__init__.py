"""Views over what the simulator saw: tcpdump text, explanations, capture files."""
