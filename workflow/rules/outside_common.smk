# Digests of what the programs read and the workflow does not make, to stand among the parameters.
from functools import cache

from planning import outside


def read_from(corpus):
    """Where a corpus is read from, as the digests ask for it."""
    own = config["corpora"][corpus]
    return own["release"], own["rules"].get("reader", corpus), own["rules"]


@cache
def digest_of_labels(corpus):
    if has_twin(corpus):
        return outside.of_tables(config["corpora"][corpus]["rules"])
    return outside.of_labels(*read_from(corpus))


def label_files(wildcards):
    """An edit of a label file or of a table of the user's reads the release again."""
    return digest_of_labels(wildcards.corpus)


@cache
def digest_of_media(corpus, *kinds):
    """Nothing of a twin, which a rule makes and no one edits, nor for words."""
    none = has_twin(corpus) or not kinds
    return "" if none else outside.of_media(*read_from(corpus), kinds)


def media_files(*kinds):
    """Media that were replaced, added or lost are looked at again."""
    return lambda wildcards: digest_of_media(wildcards.corpus, *kinds)


def media_of_modality(wildcards):
    kinds = {"text": (), "audio": ("audio",), "visual": ("video",)}
    return media_files(*kinds[wildcards.modality])(wildcards)


@cache
def digest_of_network(modality):
    settings = settings_of_extraction(modality)
    detector = settings.get("detector_weights", "")
    others = [detector] if detector else []
    name = [] if SYNTHETIC else [settings["backbone"]]
    return outside.of_network([*name, *others])


def network_files(wildcards):
    """Another file of a backbone, whichever it is, or of a detector embeds again; a tiny one is an input already."""
    return digest_of_network(wildcards.modality)
