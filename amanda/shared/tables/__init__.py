"""The tables that programs exchange: their columns, and the words in them that stand for something."""
