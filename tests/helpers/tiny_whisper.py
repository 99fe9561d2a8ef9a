"""A tiny random Whisper for English, as a folder that transformers loads; its tokens are single bytes."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import (
    GenerationConfig,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperTokenizer,
)
from transformers.convert_slow_tokenizer import bytes_to_unicode

SPECIAL = ("<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>")


def write_whisper(folder: Path) -> None:
    """Write the network, its tokenizer and its preprocessing."""
    letters = {letter: number for number, letter in enumerate(bytes_to_unicode().values())}
    end, start, plain = range(len(letters), len(letters) + len(SPECIAL))
    vocabulary = letters | dict(zip(SPECIAL, (end, start, plain), strict=True))
    tokenizer = WhisperTokenizer(vocab=vocabulary, merges=[], unk_token=SPECIAL[0], bos_token=SPECIAL[0])
    tokenizer.save_pretrained(folder)
    WhisperFeatureExtractor().save_pretrained(folder)
    config = WhisperConfig(
        vocab_size=len(vocabulary),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        init_std=0.5,
        max_target_positions=32,
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        decoder_start_token_id=start,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    torch.manual_seed(0)
    network = WhisperForConditionalGeneration(config)
    network.generation_config = GenerationConfig(
        decoder_start_token_id=start,
        eos_token_id=end,
        pad_token_id=end,
        bos_token_id=end,
        no_timestamps_token_id=plain,
        is_multilingual=False,
        max_length=24,
    )
    network.save_pretrained(folder)
