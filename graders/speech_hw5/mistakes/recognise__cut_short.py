"""Of each recording only the first words are written: `max_new_tokens` (or `max_length`) ends `generate` before the network has
written <|endoftext|>. What is missing counts as deletions, the longer the sentence the more. A Persian word is two or three tokens,
so a limit that looks generous is soon reached; leave it out, or take what the decoder can hold, `config.max_target_positions`.
"""


def write(network, tokenizer, frames, language, task="transcribe"):
    texts = []
    for block in frames.split(BATCH):
        with torch.inference_mode():
            ids = network.generate(
                block,
                attention_mask=torch.ones(block.shape[::2], dtype=torch.long),
                language=language,
                task=task,
                num_beams=1,
                do_sample=False,
                return_timestamps=False,
                max_new_tokens=8,
            )
        texts += tokenizer.batch_decode(ids, skip_special_tokens=True)
    return [text.strip() for text in texts]
