"""How far apart methods are, and how much of that is noise: bootstrap over clips and seeds, ranks, detectable sizes."""
