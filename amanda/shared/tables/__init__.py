"""The tables that programs exchange: their columns, and words with a special meaning in them."""
