"""What `help` says: the map, the pages and the ideas behind them."""
