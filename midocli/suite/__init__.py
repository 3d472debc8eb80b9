"""Networks under test: `.mido` files that are run one by one, each in a world of its own."""
