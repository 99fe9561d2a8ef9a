"""How good the media of a corpus is: what is measured on each clip, what is judged a defect, the page that shows it."""
