"""The ground floor: settings, origin, and what every other room may use."""
