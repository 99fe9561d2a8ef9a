"""The paper's claims as differences with intervals."""
