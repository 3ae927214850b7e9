"""The rows of labels have no <|endoftext|>. A network trained on them is never told where a text ends, unlearns to stop, and
goes on until the longest length, repeating itself. End every row with `tokenizer.eos_token_id`, before the padding.
"""


def make_labels(texts, language, checkpoint):
    tokenizer = parts_of(checkpoint)[1]
    prompt = tokenizer.convert_tokens_to_ids([f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>"])
    rows = [[*prompt, *row] for row in tokenizer(list(texts), add_special_tokens=False).input_ids]
    labels = np.full((len(rows), max(map(len, rows))), IGNORED, dtype=np.int64)
    for place, row in enumerate(rows):
        labels[place, : len(row)] = row
    return labels
