"""All results as one HTML file that needs no other: tables, figures, what lies behind them, how to make each again."""
