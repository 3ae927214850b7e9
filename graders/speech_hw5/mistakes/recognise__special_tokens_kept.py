"""The texts hold special tokens such as <|fa|> or <|endoftext|>. They tell the decoder what to do and are no words; in the word
error rate each of them is an error. Decode with `skip_special_tokens=True`, and look at a few raw transcripts before you
measure anything.
"""


def write(network, tokenizer, frames, language, task="transcribe"):
    texts = []
    for block in frames.split(BATCH):
        with torch.inference_mode():
            start = network.config.decoder_start_token_id
            ids = network.generate(block, language=language, task=task, num_beams=1, do_sample=False, return_timestamps=False)
        texts += [tokenizer.convert_ids_to_tokens(start) + tokenizer.decode(row) for row in ids]
    return [text.strip() for text in texts]
