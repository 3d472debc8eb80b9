"""The compiled topology: records, loaded when first asked for, and plans made of them."""
